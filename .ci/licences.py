"""The licences of everything the tool is installed with: ``licences.py`` prints them as a table,
``licences.py check`` fails on one that is not known to be free to use, change and pass on.

It reads what the packages say of themselves; which packages there are, ``deploy/requirements.txt``
says. The licence of the one vendored file stands in ``tests/browser/vendor/VENDORED.md``.
"""

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

REQUIREMENTS = Path(__file__).parent.parent / "deploy" / "requirements.txt"
GOOD = frozenset(
    [
        "0BSD",
        "Apache-2.0",
        "BSD",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "LGPL-2.1-or-later",
        "LGPL-3.0-only",
        "LGPL-3.0-or-later",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MPL-2.0",
        "PSF-2.0",
        "Python-2.0",
        "Unlicense",
        "Zlib",
        "ZPL-2.1",
    ]
)
"""SPDX names. The LGPL asks nothing of a program that only imports a library as it is."""
SPOKEN = (
    (r"affero|\bagpl", "AGPL"),
    (r"lesser general public licen[cs]e v3|\blgpl\s*v?3", "LGPL-3.0-or-later"),
    (r"lesser general public|\blgpl", "LGPL-2.1-or-later"),
    (r"general public|\bgpl", "GPL"),
    (r"apache", "Apache-2.0"),
    (r"mozilla public license 2\.0|\bmpl", "MPL-2.0"),
    (r"python software foundation|\bpsf", "PSF-2.0"),
    (r"zope public|\bzpl", "ZPL-2.1"),
    (r"\bbsd", "BSD"),
    (r"\bmit\b|\bexpat\b", "MIT"),
    (r"\bisc\b", "ISC"),
)
"""What packages write where they give no SPDX expression; the first that occurs counts."""
READ_BY_A_PERSON = {
    # Its classifiers name all three; its licence says that whoever takes it chooses.
    "pyphen": "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1",
}
"""Packages that name no licence themselves, or do not say how theirs go together."""


def main(arguments: list[str]) -> int:
    """Print or check; the exit code is 1 when a licence is not known to be good."""
    found = {name: licence(name) for name in sorted(installed_names())}
    bad = {name: said for name, said in found.items() if not is_good(said)}
    if arguments[1:] == ["check"]:
        for name, said in bad.items():
            print(f"{name}: {said or 'names no licence'}")
        return 1 if bad else 0
    print("| package | version | licence |\n|---|---|---|")
    for name, said in found.items():
        print(f"| {name} | {distribution(name).version} | {said} |")
    return 1 if bad else 0


def installed_names() -> set[str]:
    """The packages of the requirements that belong on this machine."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    heads = (line.rstrip("\\ ") for line in lines if line and not line[0].isspace())
    wanted = (Requirement(head) for head in heads)
    return {each.name for each in wanted if each.marker is None or each.marker.evaluate()}


def licence(name: str) -> str:
    """What a package says, as an SPDX expression as far as it can be told."""
    if name in READ_BY_A_PERSON:
        return READ_BY_A_PERSON[name]
    try:
        return _told(distribution(name))
    except PackageNotFoundError:
        return "not installed"


def _told(package: Distribution) -> str:
    def said(field: str) -> list[str]:
        return [str(each) for each in package.metadata.get_all(field) or []]

    if said("License-Expression"):
        return said("License-Expression")[0]
    classifiers = said("Classifier")
    named = [each.split(" :: ")[-1] for each in classifiers if each.startswith("License ::")]
    spoken = [each for each in named if each != "OSI Approved"]
    written = "\n".join(said("License")).strip().splitlines()[:1]
    return " AND ".join(dict.fromkeys(_spdx(each) for each in spoken or written))


def _spdx(spoken: str) -> str:
    """Its SPDX name as far as it can be told, else the words themselves."""
    found = (spdx for pattern, spdx in SPOKEN if re.search(pattern, spoken.lower()))
    return next(found, spoken)


def is_good(said: str) -> bool:
    """Whether every licence of a conjunction is, or one of each choice."""
    parts = re.split(r"\s+AND\s+", said.replace("(", "").replace(")", ""))
    return all(GOOD & set(re.split(r"\s+OR\s+", part)) for part in parts)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
