"""How the browser starts: Debian's Chromium, as root too, and with no way out of this machine."""

import shutil
from typing import Any

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Debian's default, said here for other builds: a frame's unpartitioned cookies are dropped.
    "--test-third-party-cookie-phaseout",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.*, EXCLUDE *localhost",
)


def launch_arguments() -> dict[str, Any]:
    """What Playwright's ``launch`` is told."""
    return {"executable_path": shutil.which("chromium"), "args": list(ARGUMENTS)}
