"""The shared frame and macros: what every page built from them can rely on."""

import re
from pathlib import Path

import pytest
from flask import Flask, flash, render_template, render_template_string
from flask.testing import FlaskClient

from lti_tool.catalogue import Catalogue
from lti_tool.domain.standard import RequirementKey
from lti_tool.web import design
from lti_tool.web.page import Page, Tab

TEMPLATES = Path(__file__).parent.parent.parent / "lti_tool" / "web" / "templates"
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|hx-on", re.IGNORECASE)
OFF_SITE = re.compile(r"<(?:script|link|img)[^>]+(?:src|href)=\"(?:https?:)?//", re.IGNORECASE)
SCALE = """{% from "macros/rubric.html" import scale %}
{{ scale("rating", rubric.criterion(key), rubric.choices(key), rubric.cut, selected=selected) }}"""


@pytest.fixture
def showroom(app: Flask) -> FlaskClient:
    """A client of an application that serves the components page."""
    app.register_blueprint(design.blueprint)
    return app.test_client()


@pytest.fixture
def rubric_page(app: Flask, catalogue: Catalogue) -> str:
    """A red line's scale, nothing chosen."""
    bundle = catalogue.standards[0]
    key = next(key for key, each in bundle.rubric.criteria.items() if each.red_line)
    with app.test_request_context():
        return render_template_string(SCALE, rubric=bundle.rubric, key=key, selected=None)


@pytest.mark.parametrize(("language", "tag"), [("zh", "zh-CN"), ("en", "en")])
def test_every_component_shows_in_both_languages(
    showroom: FlaskClient, language: str, tag: str
) -> None:
    answer = showroom.get("/design", headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert f'<html lang="{tag}">' in answer.text


def test_ids_are_unique_and_every_described_field_has_its_description(
    showroom: FlaskClient,
) -> None:
    page = showroom.get("/design").text
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    named = re.findall(r'aria-(?:describedby|labelledby)="([^"]+)"', page)
    assert {each for names in named for each in names.split()} <= set(ids)


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_a_template_has_no_inline_code_or_style_and_loads_nothing_from_elsewhere(
    path: Path,
) -> None:
    source = path.read_text(encoding="utf-8")
    assert INLINE.findall(source) == []
    assert OFF_SITE.findall(source) == []


def test_a_red_line_offers_breach_and_no_breach_with_the_cut_between(rubric_page: str) -> None:
    breach, cut, clear = (rubric_page.index(each) for each in ('value="1"', "合格线", 'value="3"'))
    assert breach < cut < clear
    assert 'value="2"' not in rubric_page
    assert "checked" not in rubric_page


def test_the_chosen_performance_level_is_checked(app: Flask, catalogue: Catalogue) -> None:
    bundle = catalogue.standards[0]
    key = RequirementKey("elementary", "1.1.1")
    with app.test_request_context():
        shown = render_template_string(SCALE, rubric=bundle.rubric, key=key, selected=2)
    assert re.findall(r'value="(\d)" checked', shown) == ["2"]
    assert shown.count('type="radio"') == len(bundle.rubric.performance_levels)


@pytest.mark.parametrize(("level", "word"), [("advanced", "原文缺失"), ("elementary", "")])
def test_a_text_lost_in_source_is_said_to_be_lost_and_never_filled_in(
    app: Flask, catalogue: Catalogue, level: str, word: str
) -> None:
    requirement = catalogue.standards[0].standard.requirement(RequirementKey(level, "4.1.1"))
    with app.test_request_context():
        shown = render_template_string(
            '{% from "macros/rubric.html" import source_tags, wording %}'
            "{{ wording(requirement) }}{{ source_tags(requirement) }}",
            requirement=requirement,
        )
    assert word in shown
    assert (requirement.text is None) == (level == "advanced")
    assert requirement.text is None or requirement.text in shown


def test_an_english_page_keeps_the_chinese_original_and_says_who_translated(
    app: Flask, catalogue: Catalogue
) -> None:
    requirement = catalogue.standards[0].standard.requirement(RequirementKey("elementary", "2.2.4"))
    with app.test_request_context(headers={"Accept-Language": "en"}):
        shown = render_template_string(
            '{% from "macros/rubric.html" import wording %}{{ wording(requirement) }}',
            requirement=requirement,
        )
    assert str(requirement.english) in shown
    assert f'<span lang="zh-CN">{requirement.text}</span>' in shown
    assert "unofficial translation" in shown


def test_no_state_of_mastery_shows_a_number(app: Flask) -> None:
    with app.test_request_context():
        shown = render_template_string(
            '{% from "macros/marks.html" import state_mark %}'
            "{% for state in states %}{{ state_mark(state) }}{% endfor %}",
            states=design.STATES,
        )
    assert re.findall(r">[^<]*\d[^<]*<", shown) == []


def test_the_frame_names_the_current_page_the_notices_and_what_just_happened(app: Flask) -> None:
    page = Page(
        tabs=(Tab("评分", "/rate", current=True), Tab("班级", "/class", count=3)),
        context=("客服实训", ""),
        standard_notice="知识产权归发布者",
        switch_language=False,
    )
    with app.test_request_context():
        flash("<已保存>", "ok")
        shown = render_template("notice.html", page=page, title="标题", text="正文")
    assert '<a href="/rate" aria-current="page">评分</a>' in shown
    assert '<span class="count">3</span>' in shown
    assert "<span></span>" not in shown
    assert "知识产权归发布者" in shown
    assert "&lt;已保存&gt;" in shown


def test_a_page_without_a_standard_says_that_an_attainment_is_no_certificate(app: Flask) -> None:
    with app.test_request_context():
        shown = render_template("notice.html", page=Page(switch_language=False), kind="by_hand")
    assert "不是 X 证书" in shown


def test_an_error_page_says_what_to_do_and_gives_a_reference(app: Flask) -> None:
    with app.test_request_context():
        shown = render_template(
            "error.html",
            page=Page(switch_language=False),
            title="没有送达",
            todo="请再试",
            detail="",
            reference="ab12",
        )
    assert "<h1>没有送达</h1>" in shown
    assert "请再试" in shown
    assert "<code>ab12</code>" in shown


def test_a_wrong_entry_is_tied_to_its_words(app: Flask) -> None:
    with app.test_request_context():
        shown = render_template_string(
            '{% from "macros/forms.html" import field %}'
            '{{ field("points", "满分", "二十", hint="0 到 100", error="请填数字") }}'
        )
    assert 'aria-invalid="true" aria-describedby="points-hint points-error"' in shown
    assert '<p class="error" id="points-error">请填数字</p>' in shown
