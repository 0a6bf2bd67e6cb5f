"""``lti-tool doctor``: looks at everything the tool needs and says what is wrong."""

import argparse
from collections.abc import Iterator

from cryptography.fernet import InvalidToken

from lti_tool.app import Parts, build_parts, signing_key
from lti_tool.catalogue import CatalogueError, Folders, Shelf
from lti_tool.persistence import platforms, scores
from lti_tool.persistence.database import Database, DatabaseError, pending_revisions
from lti_tool.settings import Settings

from .console import said, write
from .environment import settings_from_environment

Finding = tuple[bool, str]


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    doctor = commands.add_parser("doctor", help="check settings, data, database and delivery")
    doctor.set_defaults(run=_doctor)


def _doctor(_options: argparse.Namespace) -> int:
    settings = settings_from_environment()
    findings = [*_address(settings), *_data(settings), *_database(settings)]
    for good, words in findings:
        write(f"{'✓' if good else '✗'} {words}")
    return 0 if all(good for good, _ in findings) else 1


def _address(settings: Settings) -> Iterator[Finding]:
    https = settings.base_url.startswith("https:")
    trial = settings.allow_loopback_platforms
    note = "" if https or trial else said("（LMS 需要 https）", " (an LMS needs https)")
    yield https or trial, said("地址 ", "address ") + settings.base_url + note
    key = said("密钥、数据目录 ", "secret key, data directory ")
    yield True, key + str(settings.data_dir)


def _data(settings: Settings) -> Iterator[Finding]:
    try:
        folders = Folders(settings.rubrics_dir, settings.mappings_dir, settings.standards_dir)
        found = Shelf(folders).catalogue.standards
    except CatalogueError as error:
        for problem in error.problems:
            yield False, str(problem)
        return
    yield bool(found), said("标准 ", "standards ") + ", ".join(b.standard.id for b in found)


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        missing = pending_revisions(settings.database_url, settings.migrations_dir)
    except DatabaseError as error:
        yield False, said("数据库无法连接：", "the database does not answer: ") + str(error)
        return
    if missing:
        yield (
            False,
            said("数据库需要升级：", "the database needs an upgrade: ") + ", ".join(missing),
        )
        return
    yield True, said("数据库已是最新版本", "the database is up to date")
    parts = build_parts(settings)
    yield _signing_key(parts)
    yield from _connections(parts.database)
    parts.database.close()


def _signing_key(parts: Parts) -> Finding:
    try:
        key = signing_key(parts)
    except InvalidToken:
        return False, said(
            "签名密钥无法解密：LTI_TOOL_SECRET_KEY 与存入时不同，请换回原来的密钥",
            "the signing key cannot be opened: LTI_TOOL_SECRET_KEY is not the one it was stored "
            "with; bring the old one back",
        )
    return True, said("签名密钥 ", "signing key ") + key.kid[:16]


def _connections(database: Database) -> Iterator[Finding]:
    with database.reading() as session:
        count = len(platforms.platforms(session))
        waiting, oldest = scores.backlog(session)
        refused = scores.count_needing_person(session)
    yield True, said(f"已接入 {count} 个 LMS", f"{count} LMS connected")
    since = f" ({oldest:%Y-%m-%d %H:%M} UTC)" if oldest else ""
    yield True, said(f"待回传 {waiting} 个成绩", f"{waiting} scores waiting to be sent") + since
    yield refused == 0, said(f"{refused} 个成绩需要人工处理", f"{refused} scores need a person")
