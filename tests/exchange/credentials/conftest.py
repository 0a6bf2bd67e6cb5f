"""The course of the use cases' tests, for credentials of what was reached in it."""

from tests.services.conftest import catalogue, classroom

__all__ = ["catalogue", "classroom"]
