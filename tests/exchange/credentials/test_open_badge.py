"""A level as an Open Badges 3.0 credential, verified by libraries that know nothing of ours."""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS, InvalidJWSSignature
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier

from lti_tool.domain.errors import NotSignedOffError
from lti_tool.exchange.credentials import (
    CredentialAddresses,
    IssuerKey,
    ensure_issuer_key,
    lost_issuer_keys,
    open_badge,
    public_jwk,
    reseal_issuer_keys,
    rotate_issuer_key,
    signed,
)
from lti_tool.exchange.outcomes import objectives
from lti_tool.persistence.issuer_keys import issuer_keys
from lti_tool.persistence.people import Account
from lti_tool.services.export_outcomes import CredentialDrawn, Manner, draw_credential
from lti_tool.services.sign_off_attainment import revoke_attainment
from tests.services.attaining import (
    LEVEL,
    master,
    rate_once_more,
    sign_off_now,
    subject,
    whole_level,
)
from tests.services.classroom import STANDARD, START, Classroom

SECRET = Fernet(Fernet.generate_key())
CIPHER = MultiFernet([SECRET])
ADDRESSES = CredentialAddresses("https://tool.example")
CODE = "7K3M9QX2TV5B8NHR"
ISSUER = "https://tool.example/credentials/issuers/1"


@pytest.fixture
def learner(classroom: Classroom) -> Account:
    """Mastered every requirement of the level but one, and is signed off."""
    found = classroom.enrol("黄嘉怡", number="2024030107")
    master(classroom, found, whole_level(classroom), but={"1.1.1": 1})
    sign_off_now(classroom, found)
    return found


def draw(classroom: Classroom, learner: Account) -> CredentialDrawn:
    with classroom.reading() as session:
        return draw_credential(
            session,
            classroom.catalogue,
            STANDARD,
            LEVEL,
            Manner("zh", "Asia/Shanghai", objectives),
            learner_id=learner.id,
            school_id=classroom.course.school_id,
        )


@pytest.fixture
def key(classroom: Classroom) -> IssuerKey:
    with classroom.database.transaction() as session:
        return ensure_issuer_key(session, CIPHER, school_id=1, now=START)


@pytest.fixture
def token(classroom: Classroom, learner: Account, key: IssuerKey) -> str:
    made = open_badge(draw(classroom, learner), CODE, "salt", ADDRESSES)
    return signed(made, key, ADDRESSES)


@pytest.fixture
def payload(classroom: Classroom, token: str) -> Mapping[str, Any]:
    """What jwcrypto finds in the token with the published key."""
    found = JWS()
    found.deserialize(token)
    found.verify(published(classroom)[-1])
    told: Mapping[str, Any] = json.loads(found.payload)
    return told


def published(classroom: Classroom) -> list[JWK]:
    with classroom.reading() as session:
        return [JWK(**public_jwk(each)) for each in issuer_keys(session, 1)]


def pem(key: IssuerKey) -> bytes:
    public = key.private_key.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_another_librarys_open_badges_verifier_takes_it(token: str, key: IssuerKey) -> None:
    found = OB3Verifier(pem(key)).verify(token)
    assert found.issuer.id == ISSUER
    assert found.achievement.name.endswith("初级")


def test_a_credential_altered_by_one_letter_is_refused(
    classroom: Classroom, token: str, key: IssuerKey
) -> None:
    head, body, signature = token.split(".")
    other = body[:-8] + ("A" if body[-8] != "A" else "B") + body[-7:]
    with pytest.raises(OB3VerificationError):
        OB3Verifier(pem(key)).verify(f"{head}.{other}.{signature}")
    altered = JWS()
    altered.deserialize(f"{head}.{other}.{signature}")
    with pytest.raises(InvalidJWSSignature):
        altered.verify(published(classroom)[0])


def test_the_head_leads_to_the_published_key(
    classroom: Classroom, token: str, key: IssuerKey
) -> None:
    head = jwt.get_unverified_header(token)
    assert head == {
        "alg": "RS256",
        "typ": "JWT",
        "kid": f"https://tool.example/credentials/keys/{key.kid}",
    }
    assert published(classroom)[0].thumbprint() == key.kid
    assert not published(classroom)[0].has_private


def test_the_payload_is_the_credential_of_the_sign_off(
    classroom: Classroom, learner: Account, payload: Mapping[str, Any]
) -> None:
    drawn = draw(classroom, learner)
    assert payload["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert payload["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert payload["id"] == payload["jti"] == f"https://tool.example/verify/{CODE}"
    assert payload["iss"] == payload["issuer"]["id"] == ISSUER
    assert payload["nbf"] == int(drawn.decision.decided_at.timestamp())
    status = payload["credentialStatus"]
    assert status["type"] == "1EdTechRevocationList"
    assert status["id"] == f"https://tool.example/verify/{CODE}/status"
    achievement = payload["credentialSubject"]["achievement"]
    assert achievement["name"] == "电子商务客户服务职业技能等级标准 530050 (2021-2.0) 初级"
    assert "不是 X 证书" in achievement["description"]
    assert drawn.decision.digest in achievement["criteria"]["narrative"]


def test_each_requirement_with_evidence_has_a_result(
    classroom: Classroom, learner: Account, payload: Mapping[str, Any]
) -> None:
    told = payload["credentialSubject"]
    described = {each["id"]: each for each in told["achievement"]["resultDescription"]}
    assert len(described) == 49
    assert len(told["result"]) == 49
    assert {each["resultDescription"] for each in told["result"]} == set(described)
    short = [each for each in told["result"] if each["status"] != "Completed"]
    assert [(each["status"], each["value"]) for each in short] == [("InProgress", "低于合格线")]
    name = described[short[0]["resultDescription"]]["name"]
    assert name.startswith("初级 1.1.1 ")


def test_the_learner_stands_in_it_only_as_salted_hashes(
    token: str, payload: Mapping[str, Any]
) -> None:
    told = payload["credentialSubject"]
    assert "id" not in told
    hashes = {each["identityType"]: each["identityHash"] for each in told["identifier"]}
    number = hashlib.sha256(b"2024030107salt").hexdigest()
    assert hashes["sisSourcedId"] == f"sha256${number}"
    text = json.dumps(payload, ensure_ascii=False)
    assert "黄嘉怡" not in text
    assert "2024030107" not in text


def test_it_rests_on_the_ratings_of_the_sign_off_whatever_came_after(
    classroom: Classroom, learner: Account
) -> None:
    before = draw(classroom, learner)
    for _ in range(2):
        rate_once_more(classroom, learner, {"2.2.1": 1})
    after = draw(classroom, learner)
    assert after.requirements == before.requirements
    assert after.content.lines == before.content.lines


def test_a_level_that_is_not_signed_off_has_no_credential(
    classroom: Classroom, learner: Account
) -> None:
    with classroom.working() as work:
        revoke_attainment(
            work, subject(learner), reason="误操作", school_id=classroom.course.school_id
        )
    with pytest.raises(NotSignedOffError):
        draw(classroom, learner)


def test_a_school_keeps_its_key_until_it_takes_another(classroom: Classroom) -> None:
    with classroom.database.transaction() as session:
        first = ensure_issuer_key(session, CIPHER, school_id=1, now=START)
        assert ensure_issuer_key(session, CIPHER, school_id=1, now=START).kid == first.kid
        later = START + timedelta(days=1)
        second = rotate_issuer_key(session, CIPHER, school_id=1, now=later)
        assert ensure_issuer_key(session, CIPHER, school_id=1, now=later).kid == second.kid
        assert [each.kid for each in issuer_keys(session, 1)] == [second.kid, first.kid]


def test_a_key_is_stored_encrypted_and_moves_to_another_secret(classroom: Classroom) -> None:
    new = Fernet(Fernet.generate_key())
    with classroom.database.transaction() as session:
        made = ensure_issuer_key(session, CIPHER, school_id=1, now=START)
        assert b"PRIVATE KEY" not in issuer_keys(session, 1)[0].private_key
        only_new = MultiFernet([new])
        assert lost_issuer_keys(session, only_new) == (1,)
        with pytest.raises(InvalidToken):
            ensure_issuer_key(session, only_new, school_id=1, now=START)
        assert reseal_issuer_keys(session, MultiFernet([new, SECRET])) == 1
        assert ensure_issuer_key(session, only_new, school_id=1, now=START).kid == made.kid
        assert lost_issuer_keys(session, only_new) == ()
