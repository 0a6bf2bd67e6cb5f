"""Keeps the interface's translations complete: `check` says what is missing, `update` mends it.

`update` collects texts from code and templates, merges them into every catalogue and compiles it;
people then translate the new entries and run it again. The compiled files are committed, so that
neither a checkout nor the wheel needs a build step. Not for the words of a standard: those are
data in rubrics/.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
CATALOGUES = ROOT / "lti_tool" / "web" / "translations"
KEYWORDS = ("lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2", "lazy_npgettext:1c,2,3")


def main(command: str) -> int:
    """Run `check` or `update`; the exit status is 1 when something is left to do."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        _collect(template)
        if command == "update":
            _merge(template)
        problems = [
            line for po in sorted(CATALOGUES.rglob("*.po")) for line in _check(po, template)
        ]
    print("\n".join(problems) or "Every text is translated and compiled.")
    return 1 if problems else 0


def _collect(template: Path) -> None:
    keywords = [f"--keyword={keyword}" for keyword in KEYWORDS]
    _babel("extract", "--mapping=pyproject.toml", f"--output={template}", *keywords, ".")


def _merge(template: Path) -> None:
    options = ["--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date"]
    _babel("update", f"--input-file={template}", f"--output-dir={CATALOGUES}", *options)
    _babel("compile", f"--directory={CATALOGUES}")


def _babel(*arguments: str) -> None:
    command = [sys.executable, "-m", "babel.messages.frontend", *arguments]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def _check(po: Path, template: Path) -> list[str]:
    catalogue, wanted = _read(po), _read(template)
    name = po.relative_to(ROOT)
    missing = [
        f"{name}: not collected: {_label(message)}"
        for message in wanted
        if message.id and catalogue.get(message.id, message.context) is None
    ]
    unfinished = [
        f"{name}: not translated: {_label(message)}"
        for message in catalogue
        if message.id and (message.fuzzy or not _translated(message))
    ]
    return missing + unfinished + _check_compiled(po, catalogue)


def _check_compiled(po: Path, catalogue: Catalog) -> list[str]:
    mo = po.with_suffix(".mo")
    if not mo.exists():
        return [f"{mo.relative_to(ROOT)}: not compiled"]
    with mo.open("rb") as file:
        compiled = read_mo(file)
    same = _texts(compiled) == _texts(catalogue)
    return [] if same else [f"{mo.relative_to(ROOT)}: older than its .po: make translations"]


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def _texts(catalogue: Catalog) -> dict[object, object]:
    return {
        (message.context, message.id): message.string
        for message in catalogue
        if message.id and _translated(message) and not message.fuzzy
    }


def _translated(message: Message) -> bool:
    string = message.string or ""
    return bool(string) and all([string] if isinstance(string, str) else string)


def _label(message: Message) -> str:
    text = message.id if isinstance(message.id, str) else message.id[0]
    return f"{message.context}: {text}" if message.context else text


if __name__ == "__main__":
    if sys.argv[1:] not in (["check"], ["update"]):
        sys.exit("usage: translations.py check|update")
    sys.exit(main(sys.argv[1]))
