"""Whether the message broker answers, for the doctor. Messages themselves: ``tasks``."""

from celery import Celery
from kombu.exceptions import OperationalError

PATIENCE_SECONDS = 5


def broker_problem(broker_url: str) -> str | None:
    """Why the broker cannot be reached, in a word; None where it answers."""
    try:
        with Celery(broker=broker_url).connection(connect_timeout=PATIENCE_SECONDS) as connection:
            connection.ensure_connection(max_retries=1, timeout=PATIENCE_SECONDS)
    except (OperationalError, OSError, ValueError) as error:
        return type(error.__cause__ or error).__name__
    return None
