"""A coverage-guided search for inputs that break login or launch: ``make fuzz SECONDS=600``.

Atheris (libFuzzer) watches which lines of ``lti_tool.lti``, the launch pages and the libraries
that read tokens an input reaches, and goes on from those that reach new ones. It needs the
dependency group ``fuzz``. A finding ends the run, with the input in a ``crash-…`` file; it then
becomes a case in ``tests/lti/cases.py``. Not here: the short properties of ``make test``.
"""

import base64
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["lti_tool", "jwt", "pylti1p3"]):
    from lti_tool.catalogue import load_catalogue
    from tests.fuzz.doors import Doors, open_doors

from tests.lti.platform_side import deep_linking_claims, student_claims

ROOT = Path(__file__).parent.parent.parent
PARAMETERS = (
    "iss",
    "client_id",
    "login_hint",
    "lti_message_hint",
    "lti_deployment_id",
    "target_link_uri",
)
TYPES = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "application/json")
CLAIMS = (student_claims(""), deep_linking_claims(""))
DEEPEST = 3


def main() -> None:
    """Run until libFuzzer's limits (``-max_total_time``) or a finding."""
    catalogue = load_catalogue(ROOT / "rubrics", ROOT / "mappings")
    with open_doors(catalogue) as doors:
        atheris.Setup(sys.argv, lambda data: throw(doors, atheris.FuzzedDataProvider(data)))
        atheris.Fuzz()


def throw(doors: Doors, data: atheris.FuzzedDataProvider) -> None:
    """Make one message of the fuzzer's bytes and throw it."""
    kinds: tuple[Callable[[Doors, atheris.FuzzedDataProvider], object], ...] = (
        _login,
        _body,
        _token,
        _claims,
        _claims,
    )
    kinds[data.ConsumeIntInRange(0, len(kinds) - 1)](doors, data)


def _login(doors: Doors, data: atheris.FuzzedDataProvider) -> None:
    names = [data.PickValueInList(list(PARAMETERS)) for _ in range(data.ConsumeIntInRange(1, 3))]
    doors.login({name: _text(data) for name in names})


def _body(doors: Doors, data: atheris.FuzzedDataProvider) -> None:
    path = data.PickValueInList(["/lti/login", "/lti/launch"])
    kind = data.PickValueInList(list(TYPES))
    doors.body(path, data.ConsumeBytes(300), kind)


def _token(doors: Doors, data: atheris.FuzzedDataProvider) -> None:
    if data.ConsumeBool():
        doors.id_token(_text(data))
        return
    header = {"alg": "RS256", "kid": "platform-key-1", _text(data): _value(data, 0)}
    parts = (json.dumps(header).encode(), data.ConsumeBytes(100))
    token = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
    doors.id_token(token + ".AA")


def _claims(doors: Doors, data: atheris.FuzzedDataProvider) -> None:
    made: dict[str, Any] = json.loads(json.dumps(CLAIMS[data.ConsumeIntInRange(0, 1)]))
    for _ in range(data.ConsumeIntInRange(1, 3)):
        name = data.PickValueInList(sorted(made))
        inner = made[name]
        if isinstance(inner, dict) and inner and data.ConsumeBool():
            inner[data.PickValueInList(sorted(inner))] = _value(data, 0)
        else:
            made[name] = _value(data, 0)
    doors.claims(lambda nonce: {**made, "nonce": nonce})


def _value(data: atheris.FuzzedDataProvider, depth: int) -> object:
    """Any JSON value."""
    kind = data.ConsumeIntInRange(0, 8 if depth < DEEPEST else 5)
    plain: tuple[Callable[[], object], ...] = (
        lambda: None,
        data.ConsumeBool,
        lambda: data.ConsumeInt(10),
        data.ConsumeFloat,
        lambda: data.ConsumeUnicode(40),
        lambda: _known(data),
    )
    if kind < len(plain):
        return plain[kind]()
    count = data.ConsumeIntInRange(0, 3)
    if kind == len(plain):
        return [_value(data, depth + 1) for _ in range(count)]
    return {data.ConsumeUnicode(12): _value(data, depth + 1) for _ in range(count)}


def _known(data: atheris.FuzzedDataProvider) -> str:
    """A word that means something somewhere."""
    words = ["1.3.0", "LtiResourceLinkRequest", "LtiDeepLinkingRequest", "d1", "$X", "Instructor"]
    return str(data.PickValueInList([*words, "https://lms.example.edu/x", "ltiResourceLink", "zh"]))


def _text(data: atheris.FuzzedDataProvider) -> str:
    """Text that a form can carry."""
    return str(data.ConsumeUnicodeNoSurrogates(60))


if __name__ == "__main__":
    main()
