"""``lti-tool doctor``: looks at everything the tool needs, and says what is wrong and what to do.

Exit code 0: nothing is wrong, 1: something is. ``--offline`` leaves out what needs the network.
"""

import argparse
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken

from lti_tool.app import Parts, build_parts, now, signing_key
from lti_tool.catalogue import CatalogueError, load_catalogue
from lti_tool.lti.trust import in_bundle
from lti_tool.persistence.database import DatabaseError, pending_revisions
from lti_tool.persistence.keys import signing_keys
from lti_tool.services.show_health import show_health
from lti_tool.settings import SECRET_FILE, Settings

from . import doctor_network as network
from .console import said
from .environment import settings_from_environment
from .findings import Finding, Grade, advice, good, show, wrong

LEAST_FREE = 512 * 1024 * 1024
"""Bytes: room for a few large files, and for the database to grow while somebody looks."""
LONG_WAIT = timedelta(hours=1)
NO_SIGN = timedelta(minutes=2)
OLD_BACKUP = timedelta(days=2)


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    doctor = commands.add_parser("doctor", help="check everything, and say what to do")
    doctor.add_argument("--offline", action="store_true", help="this machine and database only")
    doctor.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    settings = settings_from_environment()
    bad = False
    for finding in _findings(settings, offline=options.offline):
        show(finding)
        bad = bad or finding.grade is Grade.WRONG
    return 1 if bad else 0


def _findings(settings: Settings, *, offline: bool) -> Iterator[Finding]:
    yield from _address(settings)
    yield from _folder(settings)
    yield from _bundle(settings, now())
    yield from _data(settings)
    schema = _schema(settings)
    yield schema
    if schema.grade is Grade.WRONG:
        return
    parts = build_parts(settings)
    try:
        key = _no_secret_key(parts) or _signing_key(parts)
        yield key
        yield from _service(parts)
        if not offline:
            yield from network.own_address(settings, parts.clock())
            if settings.broker_url is not None:
                yield network.broker(settings.broker_url)
            if settings.smtp_url is not None:
                yield network.mail(settings.smtp_url, settings.ca_bundle)
            yield from network.each_platform(parts, with_token=key.grade is Grade.GOOD)
    finally:
        parts.database.close()


def _address(settings: Settings) -> Iterator[Finding]:
    url = settings.base_url
    if url.startswith("https:") or settings.allow_loopback_platforms:
        yield good(f"地址 {url}", f"address {url}")
    else:
        yield wrong(
            (f"地址 {url} 不是 https", f"address {url} is not https"),
            (
                "在前面设置带 TLS 的反向代理，并更改 LTI_TOOL_BASE_URL",
                "put a reverse proxy with TLS in front and change LTI_TOOL_BASE_URL",
            ),
        )
    if url.startswith("https:") and not settings.proxies:
        yield advice(
            (
                "LTI_TOOL_PROXIES 为 0：不按来源地址限速",
                "LTI_TOOL_PROXIES is 0: no limit by address",
            ),
            (
                "若前面有一个自己的反向代理，设为 1",
                "set it to 1 where one reverse proxy of yours stands in front",
            ),
        )


def _folder(settings: Settings) -> Iterator[Finding]:
    folder, kept = settings.data_dir, settings.data_dir / SECRET_FILE
    free = shutil.disk_usage(folder).free
    room = f"{free // 2**20} MiB"
    if free < LEAST_FREE:
        yield wrong(
            (f"{folder} 只剩 {room}", f"{folder} has only {room} left"),
            ("清理磁盘或扩容", "make room, or give it a larger disk"),
        )
    else:
        yield good(f"数据目录 {folder}，剩余 {room}", f"data directory {folder}, {room} free")
    if kept.exists() and kept.stat().st_mode & 0o077:
        yield wrong(
            (f"{kept} 其他用户可读", f"{kept} can be read by others"),
            (f"chmod 600 {kept}", f"chmod 600 {kept}"),
        )


def _data(settings: Settings) -> Iterator[Finding]:
    try:
        found = load_catalogue(settings.rubrics_dir, settings.mappings_dir).standards
    except CatalogueError as error:
        for problem in error.problems:
            yield Finding(Grade.WRONG, str(problem), said("改正该文件", "mend this file"))
        return
    names = ", ".join(bundle.standard.id for bundle in found)
    yield good(f"标准 {names}", f"standards {names}")


def _schema(settings: Settings) -> Finding:
    try:
        missing = pending_revisions(settings.database_url, settings.migrations_dir)
    except DatabaseError as error:
        kind = type(error).__name__
        return wrong(
            (f"数据库无法连接（{kind}）", f"the database does not answer ({kind})"),
            (
                "启动数据库，检查 LTI_TOOL_DATABASE_URL",
                "start the database; check LTI_TOOL_DATABASE_URL",
            ),
        )
    if missing:
        names = ", ".join(missing)
        return wrong(
            (f"数据库需要升级：{names}", f"the database needs an upgrade: {names}"),
            (
                "先 lti-tool backup，再 lti-tool database upgrade",
                "lti-tool backup, then lti-tool database upgrade",
            ),
        )
    return good("数据库已是最新版本", "the database is up to date")


def _bundle(settings: Settings, now: datetime) -> Iterator[Finding]:
    """What stands in the file of trusted certificates; the settings have seen that it is one."""
    if settings.ca_bundle is None:
        return
    try:
        found = in_bundle(settings.ca_bundle)
    except ValueError as error:
        yield wrong(
            (
                f"{settings.ca_bundle} 中有无法读取的证书（{error}）",
                f"a certificate in {settings.ca_bundle} cannot be read ({error})",
            ),
            ("向签发者索取 PEM 格式的证书", "ask whoever issued it for it as PEM"),
        )
        return
    for each in found:
        told = (
            f"信任 {each.name}，有效至 {each.until:%Y-%m-%d}",
            f"trusts {each.name}, good until {each.until:%Y-%m-%d}",
        )
        if each.until - now >= network.RENEW_BEFORE:
            yield good(*told)
        else:
            todo = (
                f"在 {settings.ca_bundle} 中换上新的证书并重启",
                f"put the next one into {settings.ca_bundle} and restart",
            )
            yield wrong(told, todo) if each.until <= now else advice(told, todo)


def _no_secret_key(parts: Parts) -> Finding | None:
    """None where there is a secret key. The doctor makes none."""
    settings, kept = parts.settings, parts.settings.data_dir / SECRET_FILE
    if settings.known_secret_key is not None:
        return None
    with parts.database.reading() as session:
        is_lost = bool(signing_keys(session, now=parts.clock()))
    if not is_lost:
        return advice(
            ("还没有主密钥", "there is no secret key yet"),
            (
                f"首次启动时生成在 {kept}；多台机器须设置同一个 LTI_TOOL_SECRET_KEY",
                (
                    f"the first start makes one in {kept}; several machines need the same "
                    "LTI_TOOL_SECRET_KEY"
                ),
            ),
        )
    return wrong(
        (
            f"主密钥缺失：未设置 LTI_TOOL_SECRET_KEY，也没有 {kept}",
            f"the secret key is missing: no LTI_TOOL_SECRET_KEY, and no {kept}",
        ),
        (
            "启动前找回原来的；若已丢失，lti-tool keys replace",
            "bring the old one back before a start; if it is lost, lti-tool keys replace",
        ),
    )


def _signing_key(parts: Parts) -> Finding:
    try:
        key = signing_key(parts)
    except InvalidToken:
        return wrong(
            ("签名密钥无法解密", "the signing key cannot be opened"),
            (
                "LTI_TOOL_SECRET_KEY 与存入时不同：换回原来的；若已丢失，lti-tool keys replace",
                (
                    "LTI_TOOL_SECRET_KEY is not the one it was stored with: bring that one back; "
                    "if it is lost, lti-tool keys replace"
                ),
            ),
        )
    return good(f"签名密钥 {key.kid[:16]}", f"signing key {key.kid[:16]}")


def _service(parts: Parts) -> Iterator[Finding]:
    with parts.database.reading() as session:
        health = show_health(session, now=parts.clock())
    now, count = parts.clock(), len(health.platforms)
    yield good(f"已接入 {count} 个 LMS", f"{count} LMS connected")
    waits = now - health.oldest if health.oldest else timedelta()
    told = (f"待回传 {health.waiting} 个成绩", f"{health.waiting} scores waiting to be sent")
    if waits > LONG_WAIT:
        yield _stuck(told, waits)
    else:
        yield good(*told)
    if health.waiting and (health.engine_seen is None or now - health.engine_seen > NO_SIGN):
        yield wrong(
            ("没有进程在回传成绩", "no process delivers scores"),
            (
                "启动 lti-tool serve、deliver 或 worker",
                "start lti-tool serve, deliver or worker",
            ),
        )
    if health.needing_person:
        yield wrong(
            (
                f"{health.needing_person} 个成绩需要人工处理",
                f"{health.needing_person} scores need a person",
            ),
            (
                "教师在课程的“LMS 成绩”页看到原因",
                'teachers see the reason under "Grades in the LMS"',
            ),
        )
    if health.last_backup is None or now - health.last_backup > OLD_BACKUP:
        yield advice(
            ("两天内没有备份", "no backup within two days"),
            (
                "每天运行 lti-tool backup，并把文件存到别处",
                "run lti-tool backup every day, and keep the files elsewhere",
            ),
        )


def _stuck(told: tuple[str, str], waits: timedelta) -> Finding:
    zh, en = told
    hours = int(waits.total_seconds() // 3600)
    return wrong(
        (f"{zh}，最早的已等 {hours} 小时", f"{en}, the oldest for {hours} hours"),
        (
            "见下面各 LMS 的检查；日志里有原因（score will be sent again）",
            "see what is said of each LMS; the log has the reason (score will be sent again)",
        ),
    )
