"""The doctor's look at others: own address and its certificate, each platform, the broker."""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.fernet import InvalidToken

from lti_tool.app import Parts, signing_key
from lti_tool.delivery.broker import broker_problem
from lti_tool.delivery.smtp import mail_server, mail_server_problem
from lti_tool.lti.access_tokens import AccessTokens
from lti_tool.lti.http import PlatformHttp
from lti_tool.lti.probes import (
    Probe,
    certificate_until,
    probe_key_set,
    probe_own_address,
    probe_token,
)
from lti_tool.lti.trust import trusting
from lti_tool.persistence import platforms
from lti_tool.persistence.platforms import DeploymentState, Platform
from lti_tool.settings import Settings

from .findings import Finding, advice, good, wrong

MOST_APART = timedelta(seconds=30)
"""Launch tokens are taken with a minute of leeway; Moodle's live for a minute."""
RENEW_BEFORE = timedelta(days=14)


def own_address(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether people reach the tool, and for how long its certificate is good."""
    url = settings.base_url
    http = PlatformHttp(allow_loopback=True, ca_bundle=settings.ca_bundle)
    found = probe_own_address(http, url)
    http.close()
    if found.trouble:
        yield wrong(
            (f"{url} 无法访问（{found.trouble}）", f"{url} does not answer ({found.trouble})"),
            _untrusted(found)
            or (
                "检查服务是否已启动、反向代理、DNS 和证书",
                "see that the tool runs, then the reverse proxy, DNS and the certificate",
            ),
        )
        return
    yield good(f"{url} 可以访问", f"{url} answers")
    if url.startswith("https:"):
        yield _certificate(certificate_until(url, trusting(settings.ca_bundle)), now)


def _certificate(until: datetime | None, now: datetime) -> Finding:
    if until is None:
        return advice(
            ("证书有效期无法读取", "the certificate's end cannot be read"),
            ("用浏览器查看证书", "look at it with a browser"),
        )
    if until - now < RENEW_BEFORE:
        return advice(
            (f"证书将于 {until:%Y-%m-%d} 到期", f"the certificate ends on {until:%Y-%m-%d}"),
            ("续期证书", "renew it; where that should happen by itself, see why it did not"),
        )
    return good(f"证书有效至 {until:%Y-%m-%d}", f"the certificate is good until {until:%Y-%m-%d}")


def each_platform(parts: Parts, *, with_token: bool) -> Iterator[Finding]:
    """Each platform's keys, clock and, where there is a key to sign with, token endpoint."""
    tokens = AccessTokens(
        parts.http,
        signing_key=lambda: signing_key(parts),
        unique=lambda: secrets.token_urlsafe(16),
    )
    with parts.database.reading() as session:
        known = platforms.platforms(session)
        approved = {
            each.platform_id: each.deployment_id
            for each in platforms.deployments(session)
            if each.state is DeploymentState.APPROVED
        }
    for platform in known:
        keys = probe_key_set(parts.http, platform, now=parts.clock())
        yield _keys(platform, keys)
        if keys.clock is not None:
            yield _clock(platform, keys.clock)
        if with_token and platform.id in approved:
            yield _token(tokens, platform, approved[platform.id], parts.clock())


def _keys(platform: Platform, keys: Probe) -> Finding:
    if not keys.trouble:
        return good(f"{platform.name}：公钥可读", f"{platform.name}: its keys can be read")
    return wrong(
        (
            f"{platform.name}：公钥无法读取（{keys.trouble}）",
            f"{platform.name}: its keys cannot be read ({keys.trouble})",
        ),
        _untrusted(keys)
        or (
            f"没有人能进入；从本机访问 {platform.key_set_url}，检查防火墙和 LMS",
            (
                f"nobody gets in; open {platform.key_set_url} from this machine, see the firewall "
                "and the LMS"
            ),
        ),
    )


def _untrusted(found: Probe) -> tuple[str, str] | None:
    """What to do about a certificate that nobody vouches for; None for any other trouble."""
    if "SSLError" not in found.trouble:
        return None
    return (
        "证书不被信任：检查其有效期和域名；若由学校自己的机构签发，设置 LTI_TOOL_CA_BUNDLE",
        (
            "its certificate is not trusted: see its end and its name; where the school's own "
            "authority signed it, set LTI_TOOL_CA_BUNDLE"
        ),
    )


def _clock(platform: Platform, ahead: timedelta) -> Finding:
    seconds = round(ahead.total_seconds())
    if abs(ahead) <= MOST_APART:
        return good(f"{platform.name}：时钟一致", f"{platform.name}: the clocks agree")
    return wrong(
        (
            f"{platform.name}：其时钟比本机快 {seconds} 秒",
            f"{platform.name}: its clock is {seconds} seconds ahead of this machine's",
        ),
        (
            "在两台机器上启用时间同步（timedatectl set-ntp true）",
            "let both machines keep time (timedatectl set-ntp true)",
        ),
    )


def _token(tokens: AccessTokens, platform: Platform, deployment: str, now: datetime) -> Finding:
    try:
        probe = probe_token(tokens, platform, deployment, now=now)
    except InvalidToken:
        probe = Probe("signing_key")
    if not probe.trouble:
        return good(f"{platform.name}：成绩可以回传", f"{platform.name}: gives a token for scores")
    return wrong(
        (
            f"{platform.name}：无法取得令牌（{probe.trouble}）",
            f"{platform.name}: gives no token for scores ({probe.trouble})",
        ),
        (
            "检查 LMS 中的工具是否启用、是否允许成绩服务、公钥地址是否为 /lti/jwks",
            (
                "see in the LMS that the tool is on, that it may use grade services, and that its "
                "keyset URL is /lti/jwks"
            ),
        ),
    )


def broker(url: str) -> Finding:
    """Whether the message broker answers."""
    problem = broker_problem(url)
    if problem is None:
        return good("消息队列可以连接", "the message broker answers")
    return wrong(
        (f"消息队列无法连接（{problem}）", f"the message broker does not answer ({problem})"),
        (
            "启动 RabbitMQ，检查 LTI_TOOL_BROKER_URL 的主机、用户和密码",
            "start RabbitMQ; check host, user and password in LTI_TOOL_BROKER_URL",
        ),
    )


def mail(url: str, ca_bundle: Path | None) -> Finding:
    """Whether the mail server lets us in; no mail is sent."""
    server = mail_server(url)
    problem = mail_server_problem(server, trusting(ca_bundle))
    place = f"{server.host}:{server.port}"
    if problem is None:
        return good(f"邮件服务器 {place} 可以连接", f"the mail server {place} lets us in")
    return wrong(
        (f"邮件服务器 {place} 不可用（{problem}）", f"no mail through {place} ({problem})"),
        (
            "检查 LTI_TOOL_SMTP_URL 的协议、主机、端口、用户和密码，以及服务器的证书",
            (
                "check scheme, host, port, user and password in LTI_TOOL_SMTP_URL, and the "
                "server's certificate"
            ),
        ),
    )
