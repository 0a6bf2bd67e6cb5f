"""``lti-tool audit verify``: whether the audit log is as it was written."""

import argparse

from lti_tool.services.seal_audit import Break, Fault, note_verdict, seal_key, verify_audit

from .console import say
from .environment import open_parts

WORDS = {
    Fault.CHANGED: ("内容与封存时不符", "is not what was sealed"),
    Fault.REMOVED: ("已被删除", "was removed"),
    Fault.GAP: ("之前缺少封条", "follows a missing seal"),
    Fault.UNKNOWN_KEY: (
        "所用密钥不在现用或以前的密钥之中",
        "was sealed with a key that is not among the tool's secret keys, old or new",
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
    verify.set_defaults(run=_verify)


def _verify(_options: argparse.Namespace) -> int:
    parts = open_parts()
    settings = parts.settings
    secrets = (settings.known_secret_key, *settings.previous_secret_keys)
    keys = [seal_key(each) for each in secrets if each is not None]
    with parts.database.reading() as session:
        verdict = verify_audit(session, keys, now=parts.clock())
    with parts.database.transaction() as session:
        note_verdict(session, verdict, now=parts.clock())
    if verdict.broken is not None:
        return _say_broken(verdict.broken)
    say(f"操作日志完整：{verdict.sound} 条", f"the audit log holds: {verdict.sound} entries")
    return 0


def _say_broken(broken: Break) -> int:
    chinese, english = WORDS[broken.fault]
    say(
        f"第 {broken.position} 个封条处（记录 {broken.entry_id}）：{chinese}",
        f"at seal {broken.position}: entry {broken.entry_id} {english}",
    )
    return 1
