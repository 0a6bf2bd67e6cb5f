"""Whatever a file holds, reading it ends in a document or in problems, and soon."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from lti_tool.catalogue import Problem
from lti_tool.catalogue.document import UnreadableError
from lti_tool.catalogue.schemas import DescriptorFile, EquivalenceFile, RubricFile
from lti_tool.catalogue.validation import parse

# One piece between two spaces; ~ stands for a line break, _ for a space.
PIECES = (
    """standard:_ cut:_3 __-_ -_ ~ ~ ~__ 1:_ ?_ [ ] { } ,_ ' " null 1.5 .nan 2026-01-01"""
    """ 2026-13-01 !!bool_x &a_ *a <<:_ |~ performance_levels:~ links:~ tags:_[same] #"""
    """ ---~ ...~ yes 0x 1:30 标准 %YAML_9.9~ null:_"""
)
SOME_YAML = st.lists(
    st.sampled_from(
        [each.replace("~", "\n").replace("_", " ") for each in PIECES.split(" ")]
        + ["\t", "\0", "\ufeff", "9" * 5000, "1" + ":1" * 300 + ".5"]
    ),
    max_size=25,
).map("".join)


def problems_of(file: Path, schema: type[BaseModel]) -> tuple[Problem, ...]:
    try:
        parse(file, schema)
    except UnreadableError as error:
        return error.problems
    return ()


@pytest.mark.parametrize("schema", [RubricFile, EquivalenceFile, DescriptorFile])
@given(content=st.binary(max_size=200) | SOME_YAML.map(str.encode))
def test_any_content_gives_a_document_or_problems_with_a_line(
    tmp_path_factory: pytest.TempPathFactory, schema: type[BaseModel], content: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_bytes(content)
    for each in problems_of(file, schema):
        assert each.line >= 1
        assert each.reason.zh
        assert each.reason.en


def test_a_billion_laughs_are_refused_at_once(tmp_path: Path) -> None:
    lines = ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    file = tmp_path / "bomb.yaml"
    file.write_text("\n".join(lines), "utf-8")
    started = time.monotonic()
    with pytest.raises(UnreadableError, match="aliases"):
        parse(file, RubricFile)
    assert time.monotonic() - started < 2


def test_brackets_without_end_are_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "deep.yaml"
    file.write_text("[" * 1_000_000, "utf-8")
    started = time.monotonic()
    with pytest.raises(UnreadableError):
        parse(file, RubricFile)
    assert time.monotonic() - started < 2
