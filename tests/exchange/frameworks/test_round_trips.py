"""What goes out comes back: standard, rubric and links are the same after each format."""

import pytest
from hypothesis import HealthCheck, assume, given, settings

from lti_tool.catalogue import StandardBundle
from lti_tool.domain.standard import SourceStatus, Standard
from lti_tool.domain.standard_draft import StandardDraft
from lti_tool.exchange.frameworks import Format, exported, read_framework
from tests.exchange.frameworks.bundles import bundles, confirmed, real

BASE = "https://tool.example"
WHOLE = tuple(each for each in Format if each is not Format.CANVAS_RUBRICS)


def came_back(bundle: StandardBundle, to: Format) -> StandardDraft:
    file = exported(bundle, to, base=BASE)
    return read_framework(file.content, file.name)


def with_head(draft: StandardDraft, standard: Standard) -> StandardDraft:
    """With the facts that a person gives where the format has no place for them."""
    return draft.with_facts(
        {
            "title": standard.title.zh,
            "code": standard.code,
            "version": standard.version,
            "publisher": standard.publisher.zh,
            "published": standard.published,
        }
    )


@pytest.mark.parametrize("to", WHOLE)
def test_the_real_standard_comes_back_whole(to: Format) -> None:
    made = confirmed(came_back(real(), to))
    assert made.standard == real().standard
    assert made.rubric == real().rubric
    assert set(made.links) == set(real().links)


def test_canvas_rubrics_bring_the_rubric_back_and_say_what_they_cannot() -> None:
    draft = came_back(real(), Format.CANVAS_RUBRICS)
    made = confirmed(with_head(draft, real().standard))
    assert made.rubric == real().rubric
    assert set(made.links) == set(real().links)
    for own, found in zip(real().standard.levels, made.standard.levels, strict=True):
        assert found.name == own.name
        printed = [each for each in own.requirements if each.status is not SourceStatus.LOST]
        assert list(found.requirements) == printed
    said = [each.en or "" for each in exported(real(), Format.CANVAS_RUBRICS, base=BASE).left_out]
    assert any("advanced/4.1.1" in each for each in said)
    assert any("terms" in each for each in said)


@pytest.mark.parametrize("to", WHOLE)
@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(bundle=bundles())
def test_any_standard_comes_back_whole(to: Format, bundle: StandardBundle) -> None:
    draft = came_back(bundle, to)
    made = confirmed(draft)
    assert made.standard == bundle.standard
    assert made.rubric == bundle.rubric
    assert set(made.links) == set(bundle.links)


@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(bundle=bundles())
def test_any_rubric_comes_back_from_canvas(bundle: StandardBundle) -> None:
    assume(any(each.text is not None for each in bundle.standard.requirements()))
    draft = came_back(bundle, Format.CANVAS_RUBRICS)
    made = {each.requirement: each for each in draft.content.criteria}
    assert made == dict(bundle.rubric.criteria)


@pytest.mark.parametrize("to", Format)
def test_the_same_standard_gives_the_same_bytes(to: Format) -> None:
    assert exported(real(), to, base=BASE) == exported(real(), to, base=BASE)


@pytest.mark.parametrize("to", Format)
def test_the_rights_notice_goes_along_and_what_is_left_out_is_said(to: Format) -> None:
    file = exported(real(), to, base=BASE)
    assert "不得印刷、销售" in file.content.decode()
    assert any("attainment rule" in (each.en or "") for each in file.left_out)


@pytest.mark.parametrize("to", WHOLE)
def test_the_file_itself_says_what_is_left_out(to: Format) -> None:
    assert "【未含】47 份现成考核" in exported(real(), to, base=BASE).content.decode()
