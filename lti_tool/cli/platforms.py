"""``lti-tool platform invite|add|list|approve|remove``: connect an LMS, by its own or by hand."""

import argparse
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from lti_tool.persistence import audit_log, invitations, paces, platforms, schools
from lti_tool.persistence.database import Session
from lti_tool.persistence.paces import Limits
from lti_tool.persistence.platforms import DeploymentState, Platform, PlatformDetails

from .console import ConsoleError, said, say, write
from .environment import open_parts

INVITED_DAYS = 7
MOST_DAYS = 90
URLS = ("auth_login_url", "auth_token_url", "key_set_url")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    platform = commands.add_parser("platform", help="connect Moodle, Canvas or another LMS")
    actions = platform.add_subparsers(required=True, metavar="ACTION")
    _declare_invite(actions.add_parser("invite", help="print an address for the LMS, used once"))
    _declare_add(actions.add_parser("add", help="register an LMS by hand"))
    listing = actions.add_parser("list", help="show every LMS with its deployments")
    listing.set_defaults(run=_list)
    approve = actions.add_parser("approve", help="answer the launches of a deployment")
    approve.add_argument("platform", help="number or name, as in the list")
    approve.add_argument("deployment_id")
    approve.add_argument("--school", default="", help="let it join this school")
    approve.set_defaults(run=_approve)
    _declare_pace(actions.add_parser("pace", help="how fast an LMS's grade service is called"))
    remove = actions.add_parser("remove", help="forget an LMS that has no courses yet")
    remove.add_argument("platform", help="number or name, as in the list")
    remove.set_defaults(run=_remove)


def _declare_invite(invite: argparse.ArgumentParser) -> None:
    invite.add_argument("--school", default="", help="the school it belongs to; else its own")
    invite.add_argument(
        "--days", type=int, default=INVITED_DAYS, help=f"how long it works ({INVITED_DAYS})"
    )
    invite.set_defaults(run=_invite)


def _declare_pace(pace: argparse.ArgumentParser) -> None:
    pace.add_argument("platform", metavar="PLATFORM", help="its name or number")
    pace.add_argument("--per-second", type=float, metavar="CALLS", help="calls, on average")
    pace.add_argument(
        "--burst", type=int, metavar="CALLS", help="calls at once after a quiet while"
    )
    pace.set_defaults(run=_pace)


def _declare_add(new: argparse.ArgumentParser) -> None:
    for name in ("name", "issuer", "client-id", "auth-login-url", "auth-token-url", "key-set-url"):
        new.add_argument(f"--{name}", required=True)
    new.add_argument("--token-audience", help="if the LMS wants another than its token URL")
    new.add_argument(
        "--frame-origin",
        action="append",
        default=[],
        help="an origin whose pages frame the tool, if it is not the issuer's (Canvas)",
    )
    new.add_argument("--deployment-id", action="append", default=[], help="approve it at once")
    new.add_argument("--school", default="", help="the school of these deployments")
    new.add_argument(
        "--registrar-role", action="append", default=[], help="an LTI role that makes a registrar"
    )
    new.set_defaults(run=_add)


def _invite(options: argparse.Namespace) -> int:
    if not 1 <= options.days <= MOST_DAYS:
        raise ConsoleError(
            said(f"--days 须在 1 到 {MOST_DAYS} 之间", f"--days must be from 1 to {MOST_DAYS}")
        )
    parts = open_parts()
    token = secrets.token_urlsafe(32)
    now = parts.clock()
    expires_at = now + timedelta(days=options.days)
    with parts.database.transaction() as session:
        school = schools.ensure_school(session, options.school) if options.school else None
        school_id = None if school is None else school.id
        invitations.add_invitation(
            session, token, school_id=school_id, now=now, expires_at=expires_at
        )
        detail = f"school:{school_id}" if school else ""
        audit_log.note(
            session, "invite_platform", "invitation", actor_id=None, now=now, detail=detail
        )
    say(
        f"请把下面的地址粘贴到 LMS（{options.days} 天内有效，只能用一次，只显示这一次）：",
        f"Paste this into the LMS (works for {options.days} days, once; shown only now):",
    )
    write(f"{parts.settings.base_url}/lti/register/{token}")
    say(
        "Moodle：网站管理 → 插件 → 外部工具 → 管理工具，粘贴为工具 URL，点“添加 LTI Advantage”。",
        "Moodle: Site administration, Plugins, External tool, Manage tools: paste it as tool URL, "
        "press Add LTI Advantage.",
    )
    say(
        "Canvas：管理 → 应用 → 管理 → 安装新应用，类型 LTI 1.3，方式 Dynamic Registration。",
        "Canvas: Admin, Apps, Manage, Install a new app: LTI 1.3, Dynamic Registration.",
    )
    return 0


def _add(options: argparse.Namespace) -> int:
    parts = open_parts()
    _check(options, plain_http=parts.settings.allow_loopback_platforms)
    now = parts.clock()
    with parts.database.transaction() as session:
        platform = platforms.add_platform(session, _details(options), now=now)
        for deployment_id in options.deployment_id:
            made = platforms.approve_deployment(session, platform, deployment_id, now=now)
            _join(session, made.id, options.school)
        audit_log.note(session, "add_platform", f"platform:{platform.id}", actor_id=None, now=now)
    base = parts.settings.base_url
    say(
        f"已登记 {platform.name}（编号 {platform.id}）。在 LMS 中填写：",
        f"Registered {platform.name} (number {platform.id}). Enter these in the LMS:",
    )
    for label, path in (
        ("Initiate login URL", "/lti/login"),
        ("Redirection URI", "/lti/launch"),
        ("Tool URL", "/lti/launch"),
        ("Public keyset URL", "/lti/jwks"),
    ):
        write(f"  {label}: {base}{path}")
    if not options.deployment_id:
        say(
            "部署在第一次启动后等待批准：lti-tool platform approve",
            "A deployment waits for lti-tool platform approve after its first launch.",
        )
    return 0


def _details(options: argparse.Namespace) -> PlatformDetails:
    return PlatformDetails(
        name=options.name,
        issuer=options.issuer,
        client_id=options.client_id,
        auth_login_url=options.auth_login_url,
        auth_token_url=options.auth_token_url,
        key_set_url=options.key_set_url,
        token_audience=options.token_audience,
        frame_origins=tuple(options.frame_origin),
        registrar_roles=tuple(options.registrar_role),
    )


def _check(options: argparse.Namespace, *, plain_http: bool) -> None:
    """Raise ConsoleError naming every option that is wrong."""
    schemes = {"https", "http"} if plain_http else {"https"}
    addresses = {name: getattr(options, name) for name in URLS}
    addresses |= {f"frame_origin {value}": value for value in options.frame_origin}
    wrong = [
        f"--{name.replace('_', '-')}"
        for name, value in addresses.items()
        if urlsplit(value).scheme not in schemes or not urlsplit(value).hostname
    ]
    wrong += [f"--{name}" for name in ("name", "issuer") if not getattr(options, name).strip()]
    if wrong:
        names = ", ".join(wrong)
        kind = " / ".join(sorted(schemes))
        raise ConsoleError(said(f"须为 {kind} 地址：{names}", f"must be {kind} addresses: {names}"))


def _list(_options: argparse.Namespace) -> int:
    parts = open_parts()
    with parts.database.reading() as session:
        known = platforms.platforms(session)
        if not known:
            say("还没有接入任何 LMS。", "No LMS is connected yet.")
        for platform in known:
            write(f"{platform.id}  {platform.name}  {platform.issuer}  {platform.client_id}")
            for each in platforms.deployments(session, platform.id):
                school = schools.school(session, each.school_id).name
                state = said("待批准", "waiting")
                if each.state is DeploymentState.APPROVED:
                    state = said("已批准", "approved")
                write(f"     {each.deployment_id}  {state}  {school}")
    return 0


def _approve(options: argparse.Namespace) -> int:
    parts = open_parts()
    now = parts.clock()
    with parts.database.transaction() as session:
        platform = _named(session, options.platform)
        made = platforms.approve_deployment(session, platform, options.deployment_id, now=now)
        _join(session, made.id, options.school)
        audit_log.note(
            session, "approve_deployment", f"deployment:{made.id}", actor_id=None, now=now
        )
    say(f"已批准部署 {options.deployment_id}。", f"Approved deployment {options.deployment_id}.")
    return 0


def _pace(options: argparse.Namespace) -> int:
    """Without numbers the product's usual pace holds again."""
    given = [each for each in (options.per_second, options.burst) if each is not None]
    if len(given) == 1 or any(each <= 0 for each in given):
        raise ConsoleError(
            said(
                "--per-second 与 --burst 须同时给出，且大于 0",
                "give --per-second and --burst together, both above 0",
            )
        )
    limits = Limits(options.per_second, options.burst) if given else None
    parts = open_parts()
    now = parts.clock()
    with parts.database.transaction() as session:
        platform = _named(session, options.platform)
        paces.set_limits(session, platform.id, limits, now=now)
        detail = "" if limits is None else f"{limits.per_second:g} {limits.burst}"
        subject = f"platform:{platform.id}"
        audit_log.note(session, "pace", subject, actor_id=None, now=now, detail=detail)
    say(f"已设定 {platform.name} 的调用速率。", f"Set the pace of {platform.name}.")
    return 0


def _remove(options: argparse.Namespace) -> int:
    parts = open_parts()
    with parts.database.transaction() as session:
        platform = _named(session, options.platform)
        platforms.remove_platform(session, platform.id)
        audit_log.note(session, "remove_platform", platform.name, actor_id=None, now=parts.clock())
    say(f"已移除 {platform.name}。", f"Removed {platform.name}.")
    return 0


def _named(session: Session, wanted: str) -> Platform:
    found = [p for p in platforms.platforms(session) if wanted in {str(p.id), p.name}]
    if len(found) != 1:
        raise ConsoleError(
            said(f"没有或不止一个平台“{wanted}”", f"no platform, or more than one: {wanted!r}")
        )
    return found[0]


def _join(session: Session, deployment_id: int, school: str) -> None:
    if school:
        schools.join_school(session, deployment_id, schools.ensure_school(session, school).id)
