"""Keeps the interface's translations complete: `check` says what is missing, `update` mends it
(`update student` only in the student's file, while others are at work on theirs).

Texts are written in English; their Chinese stands in one .po file per audience. What the pages of
`student` use belongs into student.po unless base.po has it; what no audience owns belongs into
base.po. Nothing is compiled: the tool reads these files when it starts. Not for the words of a
standard, which are data in rubrics/.
"""

import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
WEB = ROOT / "lti_tool" / "web"
CATALOGUES = WEB / "translations" / "zh" / "LC_MESSAGES"
SHARED = "base"
AUDIENCES = (
    *("launch", "registration", "student", "teacher", "registrar", "admin"),
    *("rubrics", "equivalence", "notifications"),
)
EXTRACTORS = {".py": "python", ".html": "jinja2", ".svg": "jinja2", ".txt": "jinja2"}

Texts = dict[str, Catalog]


def main(command: str, names: Sequence[str]) -> int:
    """Run `check` or `update`; the exit status is 1 when something is left to do."""
    if command == "update":
        update(names)
    found = problems()
    print("\n".join(found) or "Every text is translated.")
    return 1 if found else 0


def update(names: Sequence[str]) -> None:
    """Bring the files of these audiences in step with the texts in use; nothing is guessed."""
    known = _known()
    wanted = _wanted(_collect(), known)
    for name in names:
        _write(CATALOGUES / f"{name}.po", _merge(name, wanted[name], known))


def problems() -> list[str]:
    """What stands between the files and a complete Chinese interface, one line for each."""
    known = _known()
    wanted = _wanted(_collect(), known)
    found = [line for name in known for line in _problems(name, wanted[name], known[name])]
    return found + list(_contradictions(known))


def _known() -> Texts:
    return {name: _read(CATALOGUES / f"{name}.po") for name in (SHARED, *AUDIENCES)}


def _collect() -> Texts:
    """The texts each audience's templates and modules use, as they stand there."""
    found = {name: Catalog() for name in (SHARED, *AUDIENCES)}
    for path in sorted(path for path in WEB.rglob("*") if path.suffix in EXTRACTORS):
        options = {"silent": "false"} if EXTRACTORS[path.suffix] == "jinja2" else None
        place = str(path.relative_to(ROOT))
        texts = extract_from_file(EXTRACTORS[path.suffix], path, DEFAULT_KEYWORDS, (), options)
        for _line, text, _comments, context in texts:
            found[_audience(path)].add(text, locations=[(place, 0)], context=context)
    return found


def _audience(path: Path) -> str:
    """`web/student.py`, `web/student_forms.py` and `templates/student/…` are the student's."""
    parts = path.relative_to(WEB).parts
    owner = parts[1] if parts[0] == "templates" and len(parts) > 2 else parts[0]
    return next((name for name in AUDIENCES if owner.startswith(name)), SHARED)


def _wanted(used: Texts, known: Texts) -> Texts:
    """What each catalogue should hold: a text that base.po has stays there while anyone uses it."""
    wanted = {name: Catalog() for name in used}
    for name, texts in used.items():
        for message in _texts(texts):
            shared = _find(known[SHARED], message) or _find(used[SHARED], message)
            holder = wanted[SHARED if shared else name]
            holder.add(message.id, locations=message.locations, context=message.context)
    return wanted


def _merge(name: str, wanted: Catalog, known: Texts) -> Catalog:
    """The catalogue anew: its texts, with a translation from whichever file has one."""
    merged = Catalog(locale="zh", domain=name, header_comment="", fuzzy=False)
    for message in _texts(wanted):
        old = [_find(known[name], message), *(_find(each, message) for each in known.values())]
        done = next((each.string for each in old if each and _is_translated(each)), "")
        merged.add(message.id, done, locations=message.locations, context=message.context)
    return merged


def _write(path: Path, catalogue: Catalog) -> None:
    """Only where something changed, and without dates, so that files change with their texts."""
    if not path.exists() and not len(catalogue):
        return
    buffer = io.BytesIO()
    write_po(buffer, catalogue, omit_header=True, sort_by_file=True, include_lineno=False, width=96)
    header = (
        f'msgid ""\nmsgstr ""\n"Language: zh\\n"\n"Plural-Forms: {catalogue.plural_forms}\\n"\n'
    )
    content = (
        header.encode() + b'"Content-Type: text/plain; charset=utf-8\\n"\n\n' + buffer.getvalue()
    )
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _problems(name: str, wanted: Catalog, known: Catalog) -> Iterator[str]:
    for message in _texts(wanted):
        translated = _find(known, message)
        if translated is None:
            yield f"{name}.po lacks: {_label(message)}  (make translations)"
        elif not _is_translated(translated):
            yield f"{name}.po does not translate: {_label(message)}"
        elif not _same_values(translated):
            yield f"{name}.po names other values than the English: {_label(message)}"
    for message in _texts(known):
        if _find(wanted, message) is None:
            yield f"{name}.po has what nobody uses: {_label(message)}  (make translations)"


def _contradictions(known: Texts) -> Iterator[str]:
    """The pages read all files as one, so one English text has one Chinese text."""
    first: dict[tuple[str | None, str], tuple[str, list[str]]] = {}
    for name, catalogue in known.items():
        for message in _texts(catalogue):
            text = (message.context, _ids(message)[0])
            elsewhere, strings = first.setdefault(text, (name, _strings(message)))
            if strings != _strings(message):
                yield f"{name}.po says it otherwise than {elsewhere}.po: {_label(message)}"


def _is_translated(message: Message) -> bool:
    return all(_strings(message)) and not message.fuzzy


def _same_values(message: Message) -> bool:
    """A plural's first form may leave its number out."""
    english = _values(_ids(message)[-1])
    return all(_values(each) == english for each in _strings(message))


def _values(text: str) -> set[str]:
    """The names in ``%(name)s``."""
    return {part.partition(")")[0] for part in text.split("%(")[1:]}


def _strings(message: Message) -> list[str]:
    given = message.string or ""
    return [given] if isinstance(given, str) else [str(each) for each in given]


def _ids(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def _label(message: Message) -> str:
    text = _ids(message)[0]
    return f"{message.context}: {text}" if message.context else text


def _texts(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _find(catalogue: Catalog, message: Message) -> Message | None:
    return catalogue.get(message.id, message.context)


def _read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale="zh", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale="zh")


if __name__ == "__main__":
    command, *names = sys.argv[1:] or [""]
    if command not in ("check", "update") or not {*names} <= {SHARED, *AUDIENCES}:
        sys.exit("usage: translations.py check | update [audience ...]")
    sys.exit(main(command, names or (SHARED, *AUDIENCES)))
