"""Platform Notification Service 1.0: asking a platform for notices, and reading those it sends.

A notice is a token signed like a launch's, but nobody has begun a login: it is kept from being
replayed by its own id, which whoever takes it remembers. Only the context copy notice means
anything here. Not here: what follows from it (``lti_tool.services.take_course_copy``).
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from lti_tool.domain.launch import Context, CourseCopy
from lti_tool.persistence.platforms import Platform

from .access_tokens import AccessTokens
from .answers import Trouble, trouble
from .claims import DEPLOYMENT_ID, LTI, MOST_ID, MOST_URL, VERSION, Claims
from .errors import BadClaimError, BadTokenError
from .http import HttpAnswer, PlatformHttp
from .id_tokens import MOST_CHARACTERS, genuine_claims
from .key_sets import KeySets
from .service_calls import ServiceCall, ServiceCalls
from .urls import is_web_url

SERVICE: Final = LTI + "platformnotificationservice"
NOTICE: Final = LTI + "notice"
ORIGINS: Final = LTI + "origin_contexts"
SCOPE: Final = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"
"""The only scope of the service."""
CONTEXT_COPY: Final = "LtiContextCopyNotice"
MOST_NOTICES = 200
MOST_ORIGINS = 100
OLDEST = timedelta(hours=24)
"""A platform may send a notice again that could not be taken at once; Canvas signs for an hour."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A genuine notice. ``deployment`` is the platform's word for it; ``copy`` is None for a
    ``kind`` that means nothing here."""

    id: str
    kind: str
    deployment: str
    copy: CourseCopy | None


class NoticeService:
    """The notice service of one deployment; ``deployment`` is the platform's word for it."""

    def __init__(
        self, http: PlatformHttp, tokens: AccessTokens, *, platform: Platform, deployment: str
    ) -> None:
        self._calls = ServiceCalls(http, tokens, platform=platform, deployment=deployment)

    def ask_for_copies(self, url: str, *, handler: str, now: datetime) -> Trouble | None:
        """Have context copy notices sent to ``handler`` from now on; None when the platform agreed.
        There is one handler for each type, so doing it again changes nothing. May use the
        network: call outside transactions."""
        body = json.dumps({"notice_type": CONTEXT_COPY, "handler": handler}).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        answer = self._calls.make(ServiceCall(url, SCOPE, headers, "PUT", body), now=now)
        if not isinstance(answer, HttpAnswer):
            return answer
        return None if 200 <= answer.status < 300 else trouble(answer, now=now)


def service_offered(claims: Claims) -> str | None:
    """Where a launch says that copy notices may be asked for; None where they are not offered.

    A claim that cannot be read is left out rather than refused: nobody needs it to do their work.
    """
    try:
        group = claims.group(SERVICE) or Claims({})
        url = group.text("platform_notification_service_url")
        scopes, kinds = group.texts("scope") or (), group.texts("notice_types_supported") or ()
    except BadClaimError:
        return None
    usable = url is not None and is_web_url(url) and len(url) <= MOST_URL
    return url if usable and SCOPE in scopes and CONTEXT_COPY in kinds else None


def tokens_in(body: bytes) -> tuple[str, ...]:
    """The tokens of a notice request, which may bring several.

    Raises BadTokenError (``token_malformed``) when it is none.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadTokenError("token_malformed", "no JSON") from error
    entries = told.get("notices") if isinstance(told, dict) else None
    if not isinstance(entries, list) or not 0 < len(entries) <= MOST_NOTICES:
        raise BadTokenError("token_malformed", "notices")
    tokens = [each.get("jwt") if isinstance(each, dict) else None for each in entries]
    found = tuple(each for each in tokens if isinstance(each, str))
    if len(found) < len(tokens):
        raise BadTokenError("token_malformed", "jwt")
    return found


def claimed_sender(token: str) -> tuple[str, tuple[str, ...]]:
    """The issuer and the client ids that a token claims, not verified yet: only to look up whose
    key must verify it. Raises BadTokenError."""
    if len(token) > MOST_CHARACTERS:
        raise BadTokenError("token_too_large")
    claims = _unverified(token)
    issuer, audience, party = claims.get("iss"), claims.get("aud"), claims.get("azp")
    audiences = audience if isinstance(audience, list) else [audience]
    named = tuple(each for each in (party, *audiences) if isinstance(each, str))
    if not isinstance(issuer, str) or not named:
        raise BadTokenError("token_malformed", "iss or aud")
    return issuer, tuple(dict.fromkeys(named))[:MOST_NOTICES]


def read_notice(token: str, platform: Platform, *, key_sets: KeySets, now: datetime) -> Notice:
    """A genuine notice of this platform. May fetch keys: call outside transactions.

    Raises BadTokenError, KeySetError, BadClaimError.
    """
    values = genuine_claims(
        token,
        platform,
        key=lambda kid: key_sets.key(platform, kid, now=now),
        oldest=OLDEST,
        now=now,
    )
    claims = Claims(values)
    if claims.required(VERSION) != "1.3.0":
        raise BadClaimError("claim_value", "version")
    told = claims.group(NOTICE)
    if told is None:
        raise BadClaimError("claim_missing", "notice")
    notice_id, kind = told.identifier("id"), told.identifier("type")
    copied = _copy(claims, notice_id) if kind == CONTEXT_COPY else None
    return Notice(notice_id, kind, claims.identifier(DEPLOYMENT_ID), copied)


def _copy(claims: Claims, notice_id: str) -> CourseCopy:
    """Canvas leaves the origins out where content came from a file."""
    context = claims.group(LTI + "context")
    if context is None:
        raise BadClaimError("claim_missing", "context")
    made = Context(context.identifier("id"), context.label("title"), context.label("label"))
    origins = claims.texts(ORIGINS) or ()
    if len(origins) > MOST_ORIGINS or any(not 0 < len(each) <= MOST_ID for each in origins):
        raise BadClaimError("claim_value", "origin_contexts")
    return CourseCopy(notice_id, made, tuple(each for each in origins if each != made.id))


def _unverified(token: str) -> Mapping[str, Any]:
    parts = token.split(".")
    if len(parts) != 3:
        raise BadTokenError("token_malformed")
    payload = parts[1].encode(errors="replace")
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
    except (ValueError, RecursionError) as error:
        raise BadTokenError("token_malformed") from error
    if not isinstance(claims, dict):
        raise BadTokenError("token_malformed")
    return claims
