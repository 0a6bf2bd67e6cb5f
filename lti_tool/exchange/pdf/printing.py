"""Starts the process that makes a PDF and takes what it answers. Not here: WeasyPrint
(``child``)."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence

SECONDS = 60
TOLD = ("PATH", "PYTHONPATH", "SYSTEMROOT", "TMPDIR", "HOME", "XDG_CACHE_HOME")
"""What the child is told of the environment: nothing of keys or databases."""


class NoPdfError(Exception):
    """No PDF can be made on this server: WeasyPrint, Pango or a font is missing, or it took too
    long."""


def pdf_of(html: str, styles: Sequence[str], identifier: str) -> bytes:
    """The page as a PDF. ``html`` and ``styles`` (CSS) refer to nothing outside; the same page
    under the same ``identifier`` gives the same bytes with the same libraries and fonts.

    Raises NoPdfError.
    """
    asked = json.dumps({"html": html, "styles": list(styles), "identifier": identifier})
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", f"{__package__}.child"],
            input=asked.encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={name: os.environ[name] for name in TOLD if name in os.environ},
        )
    except subprocess.TimeoutExpired as error:
        raise NoPdfError("too long") from error
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF"):
        raise NoPdfError(f"exit code {done.returncode}")
    return done.stdout
