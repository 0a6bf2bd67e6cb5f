"""Sends the content of an evidence file to whoever may see it; the caller has checked that.

People hand in anything: a file must never run as a page of this tool. Images, sound and film are
shown in place, everything else is downloaded.
"""

from flask import Response, request, send_file

from lti_tool.domain.submission import Evidence

from .wiring import wired

SHOWN_IN_PLACE = ("image/", "audio/", "video/")
POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
"""Even opened on its own, the file loads nothing and runs nothing."""


def send_evidence(evidence: Evidence, storage_key: str) -> Response:
    """The file under its own name, in parts where asked: films are played part by part.

    Raises NotFoundError when the content is gone.
    """
    response = send_file(
        wired().files.open(storage_key),
        mimetype=evidence.media_type,
        as_attachment=not evidence.media_type.startswith(SHOWN_IN_PLACE),
        download_name=evidence.title,
        etag=evidence.sha256,
        conditional=False,
    )
    response.content_length = evidence.size
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    response.make_conditional(request.environ, accept_ranges=True, complete_length=evidence.size)
    return response
