"""The registrar's JSON API: what other programs of a school read with an access token.

It is an application of its own, mounted at ``/api/v1``: no session, no cookie, no form, nothing
that a browser's page of another site could use. Every answer is about the token's own school. One
module for each kind of thing; a table in it (``ENDPOINTS``) says what can be asked, and the
description at ``/api/v1/openapi.json`` is drawn from these tables. Nothing can be changed here.
"""

from .application import create_api
from .wiring import Api

__all__ = ["Api", "create_api"]
