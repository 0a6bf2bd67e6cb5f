"""What is deployed fits together: units, scripts, compose, packages, licences, each by its own
verifier where there is one. Not here: an installation (deploy/OPERATIONS.md says how it is tried).
"""

import importlib.util
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from lti_tool.settings import KNOWN

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SCRIPTS = sorted(DEPLOY.glob("*.sh"))
COMPOSE = DEPLOY / "compose.yaml"
OURS = ("schema", "web", "worker")


def run(*command: str) -> str:
    """What a verifier says; fails where it is not there, since make setup installs it."""
    program = shutil.which(command[0])
    assert program is not None, f"{command[0]} is missing: make setup"
    done = subprocess.run(
        [program, *command[1:]], check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return done.stdout.decode()


def test_systemd_takes_every_unit(tmp_path: Path) -> None:
    """Its programs are put aside: they are there only after an installation."""
    for unit in UNITS:
        text = re.sub(r"^(ExecStart=)\S+", r"\1/bin/true", unit.read_text(), flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text)
    assert run("systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))) == ""


@pytest.mark.parametrize("unit", [each for each in UNITS if each.suffix == ".service"], ids=str)
def test_a_service_has_no_more_rights_than_it_needs(unit: Path) -> None:
    lines = unit.read_text().splitlines()
    for needed in ("User=dabiao", "NoNewPrivileges=yes", "ProtectSystem=strict", "UMask=0077"):
        assert needed in lines


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_clean_for_shellcheck(script: Path) -> None:
    assert run("shellcheck", str(script)) == ""


def test_the_install_script_refuses_a_call_without_a_name(tmp_path: Path) -> None:
    assert "--host" in run("sh", str(DEPLOY / "install.sh"), "--no-such-option")
    assert "must be postgresql or sqlite" in run(
        "sh", str(DEPLOY / "install.sh"), "--database", "oracle"
    )


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return found


def test_compose_names_only_services_and_volumes_that_it_has(compose: dict[str, Any]) -> None:
    services, volumes = compose["services"], compose["volumes"]
    assert set(compose) <= {"name", "services", "volumes", "x-tool"}
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
        for mounted in service.get("volumes", []):
            source = mounted.split(":")[0]
            assert source in volumes or (DEPLOY / source).exists()


@pytest.mark.parametrize("name", OURS)
def test_a_container_of_ours_may_do_nothing_but_its_work(
    compose: dict[str, Any], name: str
) -> None:
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


def test_every_value_that_compose_asks_for_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+):\?", COMPOSE.read_text(encoding="utf-8")))
    example = (DEPLOY / "compose.env.example").read_text(encoding="utf-8")
    assert asked <= set(re.findall(r"^(\w+)=", example, flags=re.MULTILINE))


@pytest.mark.parametrize(
    "path", [*UNITS, *SCRIPTS, COMPOSE, *DEPLOY.glob("*file"), *DEPLOY.glob("*.md")], ids=str
)
def test_a_setting_that_is_named_exists(path: Path) -> None:
    assert set(re.findall(r"LTI_TOOL_[A-Z_]+", path.read_text(encoding="utf-8"))) <= KNOWN


def requirements() -> dict[str, tuple[str, set[str]]]:
    """Version and hashes of each package that is installed."""
    text = (DEPLOY / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    rows = [line for line in text.splitlines() if line and not line.startswith("#")]
    found = {}
    for row in rows:
        name, version = re.match(r"([\w.-]+)==([\w.]+)", row).groups()  # type: ignore[union-attr] # each row is one
        found[name] = (version, set(re.findall(r"sha256:[0-9a-f]{64}", row)))
    return found


def test_what_is_installed_is_what_the_lock_file_says_hash_by_hash() -> None:
    """`make requirements` writes it anew."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    locked = {
        each["name"]: (
            each["version"],
            {file["hash"] for file in (*each.get("wheels", []), *_archive(each))},
        )
        for each in lock["package"]
        if each["name"] != "lti-tool"
    }
    given = requirements()
    assert {name: locked.get(name) for name in given} == given
    (tool,) = [each for each in lock["package"] if each["name"] == "lti-tool"]
    assert {each["name"] for each in tool["dependencies"]} <= set(given)


def _archive(package: dict[str, Any]) -> list[dict[str, Any]]:
    return [package["sdist"]] if "sdist" in package else []


@pytest.fixture(scope="module")
def licences() -> ModuleType:
    """The script that `make check` runs."""
    path = ROOT / ".ci" / "licences.py"
    spec = importlib.util.spec_from_file_location("licences", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_package_names_a_licence_that_lets_it_be_passed_on(licences: ModuleType) -> None:
    assert licences.main(["licences.py", "check"]) == 0


@pytest.mark.parametrize(
    ("said", "good"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-3.0-only", True),
        ("Apache-2.0 AND GPL-3.0-only", False),
        ("GPL", False),
        ("", False),
        ("not installed", False),
        ("Proprietary", False),
    ],
)
def test_an_unknown_or_forbidden_licence_is_found(
    licences: ModuleType, said: str, good: bool
) -> None:
    assert licences.is_good(said) is good


@pytest.mark.parametrize(
    ("spoken", "spdx"),
    [
        ("GNU Affero General Public License v3", "AGPL"),
        ("GNU General Public License v2 (GPLv2)", "GPL"),
        ("GNU Lesser General Public License v3 (LGPLv3)", "LGPL-3.0-or-later"),
        ("Limited permission to use", "Limited permission to use"),
        ("The MIT License", "MIT"),
    ],
)
def test_spoken_licences_are_not_taken_for_better_ones(
    licences: ModuleType, spoken: str, spdx: str
) -> None:
    assert licences._spdx(spoken) == spdx


def test_each_test_that_holds_a_threat_exists() -> None:
    told = (DEPLOY / "SECURITY.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", told)
    assert len(named) > 30
    missing = [
        f"{path}::{name}"
        for path, name in named
        if f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert missing == []


@pytest.mark.parametrize("name", ["OPERATIONS.md", "SECURITY.md"])
def test_a_guide_says_each_thing_in_both_languages(name: str) -> None:
    lines = (DEPLOY / name).read_text(encoding="utf-8").splitlines()
    heads = [line for line in lines if line.startswith("#")]
    assert [each for each in heads if not re.search(r"[a-z].*[\u4e00-\u9fff]", each)] == []


def test_a_command_that_the_guide_names_exists() -> None:
    told = (DEPLOY / "OPERATIONS.md").read_text(encoding="utf-8")
    commands = set(re.findall(r"`lti-tool ([a-z]+)", told))
    modules = (ROOT / "lti_tool" / "cli").glob("*.py")
    declared = "".join(each.read_text(encoding="utf-8") for each in modules)
    assert [each for each in commands if f'add_parser("{each}"' not in declared] == []
