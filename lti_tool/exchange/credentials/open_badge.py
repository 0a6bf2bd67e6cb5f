"""One level of one learner as an Open Badges 3.0 credential, signed as VC-JWT.

Open Badges 3.0 (1EdTech), section 8.2: the payload is the credential itself, ``validFrom`` is
``nbf``, and the header's ``kid`` leads to the public key. The learner stands in it only as salted
hashes of student number and name, which whoever knows these can compare. One credential has a
result for each requirement that the level ranges over; a requirement without evidence has none.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

import jwt

from lti_tool.domain.exported import ExportFacts, ExportLine
from lti_tool.domain.mastery import MasteryState
from lti_tool.domain.standard import Requirement, Text
from lti_tool.exchange.outcomes import notice
from lti_tool.exchange.outcomes.words import MASTERIES
from lti_tool.services.export_outcomes import CredentialDrawn

from .addresses import CredentialAddresses
from .keys import ALGORITHM, IssuerKey

Json: TypeAlias = "str | int | bool | Mapping[str, Json] | Sequence[Json]"

CONTEXT = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
STATUS = {
    MasteryState.MASTERED: "Completed",
    MasteryState.RED_LINE: "Failed",
    MasteryState.UNDER_REVIEW: "OnHold",
}
"""ResultStatusType of the specification; everything else is under way."""
UNDER_WAY = "InProgress"
CRITERIA = Text(
    "依据规则 {rule} 判断，由学校教务管理员认定。认定摘要 SHA-256 {digest}。{notice}",
    "Judged by rule {rule} and signed off by the school's registrar. Digest of the sign-off "
    "SHA-256 {digest}. {notice}",
)
LOST = Text("原文缺失", "lost in source")


def open_badge(
    drawn: CredentialDrawn, code: str, salt: str, addresses: CredentialAddresses
) -> Mapping[str, Json]:
    """The credential before it is signed. ``code`` is its verification code; ``salt`` random."""
    facts, line = drawn.content.facts, drawn.content.lines[0]
    return {
        "@context": CONTEXT,
        "id": addresses.verification(code),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": _name(facts),
        "issuer": profile(facts.school_id, facts.school, addresses),
        "validFrom": f"{drawn.decision.decided_at:%Y-%m-%dT%H:%M:%SZ}",
        "credentialStatus": {"id": addresses.status(code), "type": "1EdTechRevocationList"},
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": list(_identity(line, salt)),
            "achievement": _achievement(drawn, addresses),
            "result": list(_results(drawn)),
        },
    }


def signed(credential: Mapping[str, Json], key: IssuerKey, addresses: CredentialAddresses) -> str:
    """The credential as a compact JWT."""
    issuer = credential["issuer"]
    if not isinstance(issuer, Mapping):
        raise TypeError(issuer)
    claims = {
        **credential,
        "iss": issuer["id"],
        "jti": credential["id"],
        "nbf": _seconds(str(credential["validFrom"])),
    }
    headers = {"kid": addresses.key(key.kid), "typ": "JWT"}
    return jwt.encode(claims, key.private_key, algorithm=ALGORITHM, headers=headers)


def profile(school_id: int, name: str, addresses: CredentialAddresses) -> Mapping[str, Json]:
    """The school as an issuer."""
    return {"id": addresses.issuer(school_id), "type": ["Profile"], "name": name}


def _name(facts: ExportFacts) -> str:
    return f"{facts.title} {facts.code} ({facts.version}) {facts.levels[0].name}"


def _identity(line: ExportLine, salt: str) -> Iterator[Json]:
    """Hashed identities (section B.1.14): whoever has the student number or the name and the
    credential can tell that they belong together, nobody else learns them."""
    told = (("sisSourcedId", line.holder.student_number), ("name", line.holder.name))
    for kind, value in told:
        if value:
            digest = hashlib.sha256(f"{value}{salt}".encode()).hexdigest()
            yield {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": f"sha256${digest}",
                "identityType": kind,
                "salt": salt,
            }


def _achievement(drawn: CredentialDrawn, addresses: CredentialAddresses) -> Json:
    facts, line = drawn.content.facts, drawn.content.lines[0]
    said = notice(facts)
    criteria = CRITERIA.in_language(facts.language).format(
        rule=line.rule_version, digest=drawn.decision.digest, notice=said
    )
    return {
        "id": f"{addresses.issuer(facts.school_id)}#{facts.standard_id}/{line.level}",
        "type": ["Achievement"],
        "achievementType": "Competency",
        "name": _name(facts),
        "description": said,
        "inLanguage": "zh-CN" if facts.language == "zh" else facts.language,
        "criteria": {"narrative": criteria},
        "resultDescription": [
            _description(each, identifier, drawn, addresses)
            for (each, _), identifier in _with_ids(drawn)
        ],
    }


def _description(
    requirement: Requirement,
    identifier: str,
    drawn: CredentialDrawn,
    addresses: CredentialAddresses,
) -> Json:
    language = drawn.content.facts.language
    words = requirement.wording(language) or LOST.in_language(language)
    key = requirement.key
    return {
        "id": f"urn:uuid:{identifier}",
        "type": ["ResultDescription"],
        "name": f"{drawn.level_names[key.level]} {key.code} {words}",
        "resultType": "Status",
        "alignment": [
            {
                "type": ["Alignment"],
                "targetCode": str(key),
                "targetName": words,
                "targetType": "CFItem",
                "targetUrl": f"{addresses.base}/ims/case/v1p1/CFItems/{identifier}",
            }
        ],
    }


def _results(drawn: CredentialDrawn) -> Iterator[Json]:
    language = drawn.content.facts.language
    for (_, state), identifier in _with_ids(drawn):
        if state is not MasteryState.NO_EVIDENCE:
            yield {
                "type": ["Result"],
                "resultDescription": f"urn:uuid:{identifier}",
                "status": STATUS.get(state, UNDER_WAY),
                "value": MASTERIES[state].in_language(language),
            }


def _with_ids(
    drawn: CredentialDrawn,
) -> Iterator[tuple[tuple[Requirement, MasteryState], str]]:
    return zip(drawn.requirements, drawn.content.facts.levels[0].objectives, strict=True)


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())
