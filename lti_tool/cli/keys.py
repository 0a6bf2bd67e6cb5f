"""``lti-tool keys list|rotate|reseal|replace``: the keys this tool signs with."""

import argparse
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken

from lti_tool.app import signing_key
from lti_tool.exchange.credentials import (
    lost_issuer_keys,
    reseal_issuer_keys,
    rotate_issuer_key,
)
from lti_tool.lti.keys import replace_lost_keys, reseal_signing_keys, rotate_signing_key
from lti_tool.persistence import audit_log
from lti_tool.persistence.keys import StoredKey, signing_keys

from .console import ConsoleError, said, say, write
from .environment import open_parts

SIGN_AFTER_HOURS = 24
"""Platforms keep a key set for hours at most; ours says five minutes."""
PUBLISHED_DAYS = 7
MOST_HOURS = 24 * 30
MOST_DAYS = 365


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    keys = commands.add_parser("keys", help="the keys this tool signs with")
    actions = keys.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="show the published keys, the newest first")
    listing.set_defaults(run=_list)
    rotate = actions.add_parser("rotate", help="publish a new key now, sign with it later")
    rotate.add_argument(
        "--sign-after",
        type=int,
        default=SIGN_AFTER_HOURS,
        metavar="HOURS",
        help=f"when the new key signs, so that every LMS has fetched it ({SIGN_AFTER_HOURS})",
    )
    rotate.add_argument(
        "--days",
        type=int,
        default=PUBLISHED_DAYS,
        help=f"how long the old key stays published after that ({PUBLISHED_DAYS})",
    )
    rotate.set_defaults(run=_rotate)
    reseal = actions.add_parser("reseal", help="encrypt the keys with the new secret key")
    reseal.set_defaults(run=_reseal)
    replace = actions.add_parser("replace", help="after the secret key was lost: make a new key")
    replace.set_defaults(run=_replace)


def _list(_options: argparse.Namespace) -> int:
    parts = open_parts()
    now = parts.clock()
    with parts.database.reading() as session:
        known = signing_keys(session, now=now)
    if not known:
        say("还没有密钥；第一次使用时生成。", "There is no key yet; its first use makes one.")
    signing = next((each.kid for each in known if each.may_sign(now)), None)
    for each in known:
        write(f"{each.kid}  {_state(each, signing)}")
    return 0


def _state(key: StoredKey, signing: str | None) -> str:
    made = said("生成于 ", "made ") + _shown(key.created_at)
    if key.kid == signing:
        state = said("签名中", "signs")
    elif key.signs_from is not None and key.retired_at is None:
        state = said("将签名，自 ", "will sign from ") + _shown(key.signs_from)
    else:
        state = said("不再签名", "signs no more")
    ends = ""
    if key.retired_at is not None:
        ends = said("，公布至 ", ", published until ") + _shown(key.retired_at)
    return f"{state}{ends}  ({made})"


def _rotate(options: argparse.Namespace) -> int:
    if not 0 <= options.sign_after <= MOST_HOURS or not 0 <= options.days <= MOST_DAYS:
        raise ConsoleError(
            said(
                f"--sign-after 须在 0 到 {MOST_HOURS} 小时、--days 须在 0 到 {MOST_DAYS} 天之间",
                f"--sign-after must be from 0 to {MOST_HOURS}, --days from 0 to {MOST_DAYS}",
            )
        )
    parts = open_parts()
    try:
        signing_key(parts)
    except InvalidToken as error:
        raise _sealed_otherwise() from error
    now = parts.clock()
    signs_from = now + timedelta(hours=options.sign_after)
    with parts.database.transaction() as session:
        made = rotate_signing_key(
            session,
            parts.cipher,
            now=now,
            signs_from=signs_from,
            published_for=timedelta(days=options.days),
        )
        audit_log.note(session, "rotate_keys", f"key:{made.kid[:16]}", actor_id=None, now=now)
    say(
        f"新密钥 {made.kid} 已公布，{_shown(signs_from)} 起签名；旧密钥再公布 {options.days} 天。",
        f"The new key {made.kid} is published and signs from {_shown(signs_from)}; the old one "
        f"stays published for {options.days} days after that.",
    )
    return 0


def _reseal(_options: argparse.Namespace) -> int:
    parts = open_parts()
    try:
        with parts.database.transaction() as session:
            count = reseal_signing_keys(session, parts.cipher)
            count += reseal_issuer_keys(session, parts.cipher)
            audit_log.note(session, "reseal_keys", "keys", actor_id=None, now=parts.clock())
    except InvalidToken as error:
        raise _sealed_otherwise() from error
    say(
        f"{count} 个密钥已用 LTI_TOOL_SECRET_KEY 重新加密；所有进程重启后，"
        "可去掉 LTI_TOOL_PREVIOUS_SECRET_KEY。",
        f"{count} keys are encrypted with LTI_TOOL_SECRET_KEY; once pages that are open now are "
        "closed, LTI_TOOL_PREVIOUS_SECRET_KEY can go.",
    )
    return 0


def _replace(_options: argparse.Namespace) -> int:
    parts = open_parts()
    now = parts.clock()
    with parts.database.transaction() as session:
        lost = replace_lost_keys(session, parts.cipher, now=now)
        schools = lost_issuer_keys(session, parts.cipher)
        for school_id in schools:
            rotate_issuer_key(session, parts.cipher, school_id=school_id, now=now)
        if lost or schools:
            audit_log.note(session, "replace_keys", "keys", actor_id=None, now=now)
    if not lost and not schools:
        say("所有密钥都能解密，无需更换。", "Every key can be opened; nothing was replaced.")
    if schools:
        say(
            f"{len(schools)} 所学校的证明签名密钥已换新；以前签发的证明仍可验证。",
            f"{len(schools)} schools have a new key for credentials; those signed before can "
            "still be verified.",
        )
    if lost:
        say(
            f"已撤下 {len(lost)} 个无法解密的密钥，新密钥立即签名；LMS 重新读取公钥前可能拒绝成绩，"
            "教师可在课程的成绩页重新发送。",
            f"{len(lost)} keys that cannot be opened were withdrawn, a new one signs at once. An "
            "LMS may refuse scores until it has read the key set again; teachers send those once "
            "more.",
        )
    return 0


def _sealed_otherwise() -> ConsoleError:
    words = said(
        "现有密钥无法解密：请把存入时的密钥设为 LTI_TOOL_PREVIOUS_SECRET_KEY",
        "the present key cannot be opened: give the secret it was stored with as "
        "LTI_TOOL_PREVIOUS_SECRET_KEY",
    )
    return ConsoleError(words, code=1)


def _shown(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC"
