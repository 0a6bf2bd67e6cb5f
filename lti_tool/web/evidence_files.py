"""Sends the content of an evidence file to whoever may see it; the caller has checked that.

People hand in anything: a file must never run as a page of this tool. Images, sound and film are
shown in place; of a text and of a PDF a page of our own shows the words, or pictures of the pages;
everything else is downloaded.
"""

from flask import Response, make_response, render_template, request, send_file
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.submission import Evidence
from lti_tool.files.previews import excerpt_of, pdf_page, pdf_pages

from .wiring import wired

SHOWN_IN_PLACE = ("image/", "audio/", "video/")
PDF = "application/pdf"
MOST_PAGE = 10_000
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
    _protect(response)
    response.make_conditional(request.environ, accept_ranges=True, complete_length=evidence.size)
    return response


def send_preview(evidence: Evidence, storage_key: str, page: int) -> ResponseReturnValue:
    """A page of ours with the words of a text, or with one page of a PDF, counted from 1.

    Raises NotFoundError for a file of another kind, or when the content is gone.
    """
    if evidence.media_type == PDF:
        with wired().files.open(storage_key) as content:
            pages = pdf_pages(content)
        number = min(max(page, 1), pages or 1)
        return _preview(evidence, pages=pages, page=number)
    if evidence.media_type.startswith("text/"):
        with wired().files.open(storage_key) as content:
            excerpt = excerpt_of(content)
        return _preview(evidence, excerpt=excerpt)
    raise NotFoundError


def send_page(evidence: Evidence, storage_key: str, page: int) -> Response:
    """The picture of a page of a PDF. Raises NotFoundError where there is none."""
    if evidence.media_type != PDF or page > MOST_PAGE:
        raise NotFoundError
    with wired().files.open(storage_key) as content:
        picture = pdf_page(content, page)
    if picture is None:
        raise NotFoundError
    response = make_response(picture)
    response.mimetype = "image/png"
    _protect(response)
    return response


def _preview(evidence: Evidence, **shown: object) -> str:
    return render_template("evidence_preview.html", evidence=evidence, **shown)


def _protect(response: Response) -> None:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
