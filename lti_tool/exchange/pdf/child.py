"""The process that makes one PDF: reads JSON from standard input, writes the PDF to standard
output. Only ``printing`` starts it.
"""

import json
import sys

from weasyprint import CSS, HTML


class OutsideError(Exception):
    """The page refers to something outside itself."""


def main() -> int:
    """Answer on standard output."""
    asked = json.load(sys.stdin.buffer)
    page = HTML(string=asked["html"], url_fetcher=_refuse)
    styles = [CSS(string=each, url_fetcher=_refuse) for each in asked["styles"]]
    identifier = asked["identifier"].encode()
    page.write_pdf(sys.stdout.buffer, stylesheets=styles, pdf_identifier=identifier)
    return 0


def _refuse(url: str, *_more: object, **_others: object) -> dict[str, object]:
    """Nothing is fetched, neither from the network nor from this machine."""
    raise OutsideError(url)


if __name__ == "__main__":
    sys.exit(main())
