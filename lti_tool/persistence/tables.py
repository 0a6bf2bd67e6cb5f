"""Every table in one place: importing this module registers all rows with ``Base``."""

from . import keys, login_states, platforms
from .database import Base

__all__ = ["keys", "login_states", "metadata", "platforms"]

metadata = Base.metadata
