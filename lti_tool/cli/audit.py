"""``lti-tool audit verify``: whether the audit log is as it was written."""

import argparse

from lti_tool.services.seal_audit import (
    Break,
    Fault,
    Witness,
    newest_seal,
    note_verdict,
    read_witness,
    seal_key,
    verify_audit,
)

from .console import said, say
from .environment import open_parts

WORDS = {
    Fault.CHANGED: ("内容与封存时不符", "is not what was sealed"),
    Fault.REMOVED: ("已被删除", "was removed"),
    Fault.GAP: ("之前缺少封条", "follows a missing seal"),
    Fault.UNKNOWN_KEY: (
        "所用密钥不在现用或以前的密钥之中",
        "was sealed with a key that is not among the tool's secret keys, old or new",
    ),
    Fault.CUT: (
        "为现有最后一条，而该封条应在其中：日志末尾被截去，或整个日志被重写",
        "is the last one now, and the seal is not there: the end was cut off, or all was rewritten",
    ),
    Fault.UNSEALED: (
        "之后有一小时以前的记录没有封条：投递服务未运行，或记录是补写的",
        "is the last one sealed, though others are hours old: nothing delivers, or they are forged",
    ),
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    audit = commands.add_parser("audit", help="the log of who did what")
    actions = audit.add_subparsers(required=True, metavar="ACTION")
    verify = actions.add_parser(
        "verify", help="follow the chain of seals; exit code 1 if it is broken"
    )
    verify.add_argument(
        "--since",
        type=_witness,
        metavar="SEAL",
        help="the newest seal as an earlier run or the log of delivery said it: it must be there",
    )
    verify.set_defaults(run=_verify)


def _witness(words: str) -> Witness:
    try:
        return read_witness(words)
    except ValueError as error:
        told = said("应为“位置:封条”", "must be place:seal, as verify says it")
        raise argparse.ArgumentTypeError(told) from error


def _verify(options: argparse.Namespace) -> int:
    parts = open_parts()
    settings = parts.settings
    secrets = (settings.known_secret_key, *settings.previous_secret_keys)
    keys = [seal_key(each) for each in secrets if each is not None]
    with parts.database.reading() as session:
        verdict = verify_audit(session, keys, now=parts.clock(), since=options.since)
        newest = newest_seal(session)
    with parts.database.transaction() as session:
        note_verdict(session, verdict, now=parts.clock())
    if verdict.broken is not None:
        return _say_broken(verdict.broken)
    say(f"操作日志完整：{verdict.sound} 条", f"the audit log holds: {verdict.sound} entries")
    say(
        f"最新封条 {newest}：请另存别处，下次用 --since 核对，即可发现末尾被截去",
        f"newest seal {newest}: keep it elsewhere; given to --since it shows whether the end of "
        "the log was cut off",
    )
    return 0


def _say_broken(broken: Break) -> int:
    chinese, english = WORDS[broken.fault]
    say(
        f"第 {broken.position} 个封条处（记录 {broken.entry_id}）：{chinese}",
        f"at seal {broken.position}: entry {broken.entry_id} {english}",
    )
    return 1
