"""The Celery engine: workers on a broker run the same delivery as the embedded thread.

A message carries nothing: what is due stands in the outbox, so a lost or doubled message loses
and doubles no score. Each worker's own beat asks for a round every two seconds.
"""

from celery import Celery

from .rounds import Engine

EVERY_SECONDS = 2.0
QUEUE = "lti-tool-delivery"
DELIVER = "lti_tool.deliver_due"


def delivery_app(broker_url: str, deliverer: Engine) -> Celery:
    """A Celery application whose workers drain the outbox, on a RabbitMQ quorum queue."""
    app = Celery("lti_tool", broker=broker_url)
    app.conf.update(
        task_default_queue=QUEUE,
        task_default_queue_type="quorum",
        task_acks_late=True,
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
        broker_transport_options={"confirm_publish": True},
        worker_hijack_root_logger=False,
        beat_schedule={
            "deliver": {
                "task": DELIVER,
                "schedule": EVERY_SECONDS,
                "options": {"expires": 10 * EVERY_SECONDS},
            }
        },
    )

    # Celery writes a function's header anew from its name, so a lambda will not do.
    def deliver() -> None:
        deliver_all(deliverer)

    app.task(name=DELIVER, shared=False)(deliver)
    return app


def deliver_all(deliverer: Engine) -> int:
    """Deliver until nothing is due; returns how many pieces were handled."""
    total = 0
    while handled := deliverer.deliver_due():
        total += handled
    return total
