"""The headers every response carries: who may frame us, what a page may load, what is kept.

``frame-ancestors`` names the registered platforms and nobody else, so a page can be framed by
the LMS it was launched from and by no stranger (the reason X-Frame-Options is not used: it
knows no list).
"""

from collections.abc import Iterable

from flask import Flask, Response, g, request

from lti_tool.persistence import platforms

from .wiring import wired

HTTPS_YEAR = "max-age=31536000"


def init_security(app: Flask, *, https: bool) -> None:
    """Set the headers on every response; ``https`` adds the promise to stay on it."""

    @app.after_request
    def _headers(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        if https:
            response.headers["Strict-Transport-Security"] = HTTPS_YEAR
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        if response.mimetype == "text/html" and not response.location:
            response.headers.setdefault("Content-Security-Policy", _policy())
        return response


def allow_form_target(origin: str) -> None:
    """Let the page under way post a form to this origin, for an answer to a platform."""
    g.form_targets = (origin,)


def allow_framing(origins: Iterable[str]) -> None:
    """Let pages of these origins frame the page under way, for a platform not connected yet."""
    g.framers = tuple(origins)


def _policy() -> str:
    with wired().database.reading() as session:
        framers = platforms.frame_origins(session)
    framers += g.get("framers", ())
    targets: Iterable[str] = g.get("form_targets", ())
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' blob:",
            "media-src 'self' blob:",
            "connect-src 'self'",
            "frame-src 'self'",
            "base-uri 'none'",
            " ".join(("form-action 'self'", *targets)),
            " ".join(("frame-ancestors 'self'", *framers)),
        )
    )
