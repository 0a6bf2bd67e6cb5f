"""Keeps the interface's translations complete: `check` says what is missing, `update` collects.

`update` reads the texts out of code and templates and merges each audience's into its own .po
file (`update student` does one audience only); people then translate the empty entries. Not for
the words of a standard: those are data in rubrics/.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
WEB = ROOT / "lti_tool" / "web"
CATALOGUES = WEB / "translations" / "zh" / "LC_MESSAGES"
SHARED = "base"
AUDIENCES = ("student", "teacher", "registrar", "admin", "launch")
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
}
HEADER = b"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: zh\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
NAMED_VALUE = re.compile(r"%\((\w+)\)[sd]")


def main(command: str, audiences: Iterable[str]) -> int:
    """Run `check` or `update`; the exit status is 1 when something is left to do."""
    if command == "update":
        update(audiences)
    found = problems()
    print("\n".join(found) or "Every text is translated.")
    return 1 if found else 0


def update(audiences: Iterable[str]) -> None:
    """Bring these audiences' .po files in step with the texts in use; nothing is guessed."""
    texts = _texts_in_use()
    for audience in audiences:
        path = CATALOGUES / f"{audience}.po"
        catalogue = _read(path)
        catalogue.update(texts[audience], no_fuzzy_matching=True)
        written = BytesIO()
        write_po(
            written,
            catalogue,
            omit_header=True,
            include_lineno=False,
            ignore_obsolete=True,
            sort_output=True,
            width=100,
        )
        path.write_bytes(HEADER + written.getvalue().lstrip())


def problems() -> list[str]:
    """What stands between the .po files and a complete Chinese interface, one line for each."""
    texts = _texts_in_use()
    found = [line for audience in texts for line in _check(audience, texts[audience])]
    return found + list(_contradictions())


def _texts_in_use() -> dict[str, Catalog]:
    """The texts of each audience. What base.html and its kin use belongs to nobody else."""
    texts = {audience: Catalog(locale="zh") for audience in (SHARED, *AUDIENCES)}
    extracted = extract_from_dir(str(WEB), METHODS, keywords=KEYWORDS)
    for name, _line, message, _comments, context in extracted:
        texts[_audience(name)].add(message, context=context, locations=[(name, 1)])
    for audience in AUDIENCES:
        for shared in list(texts[SHARED]):
            if shared.id:
                texts[audience].delete(shared.id, shared.context)
    return texts


def _audience(name: str) -> str:
    """Whose file a source's texts go to: `student.py`, `student_work.py`, `templates/student/`."""
    first = re.split(r"[/_.]", name.removeprefix("templates/"))[0]
    return first if first in AUDIENCES else SHARED


def _check(audience: str, texts: Catalog) -> Iterator[str]:
    catalogue, name = _read(CATALOGUES / f"{audience}.po"), f"{audience}.po"
    for wanted in texts:
        if wanted.id and catalogue.get(wanted.id, wanted.context) is None:
            yield f"{name}: not collected: {_label(wanted)}"
    for message in catalogue:
        if not message.id:
            continue
        if texts.get(message.id, message.context) is None:
            yield f"{name}: not in use: {_label(message)}"
        elif message.fuzzy or not _translations(message):
            yield f"{name}: not translated: {_label(message)}"
        elif not _same_values(message):
            yield f"{name}: other values than the English: {_label(message)}"


def _contradictions() -> Iterator[str]:
    """One English text has one Chinese text, whichever file it stands in."""
    seen: dict[object, tuple[str, object]] = {}
    for path in sorted(CATALOGUES.glob("*.po")):
        for message in _read(path):
            key = (message.context, message.id)
            if not message.id:
                continue
            name, string = seen.setdefault(key, (path.name, message.string))
            if string != message.string:
                yield f"{path.name}: other words than in {name}: {_label(message)}"


def _same_values(message: Message) -> bool:
    """Whether the Chinese fills in what the English does; of a plural, what its last form does."""
    source = message.id if isinstance(message.id, str) else message.id[-1]
    wanted = set(NAMED_VALUE.findall(source))
    return all(set(NAMED_VALUE.findall(each)) == wanted for each in _translations(message))


def _translations(message: Message) -> list[str]:
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return [each for each in strings if each]


def _read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale="zh")
    with path.open("rb") as file:
        return read_po(file, locale="zh", ignore_obsolete=True)


def _label(message: Message) -> str:
    text = message.id if isinstance(message.id, str) else message.id[0]
    return f"{message.context}: {text}" if message.context else text


if __name__ == "__main__":
    asked = sys.argv[1:]
    if asked[:1] not in (["check"], ["update"]):
        sys.exit("usage: translations.py check | update [audience ...]")
    sys.exit(main(asked[0], asked[1:] or (SHARED, *AUDIENCES)))
