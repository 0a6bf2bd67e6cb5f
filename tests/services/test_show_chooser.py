"""What a teacher may choose."""

import pytest

from lti_tool.catalogue import Catalogue
from lti_tool.domain.assessment import MAX_TITLE
from lti_tool.domain.errors import UnknownRequirementError, UnknownStandardError
from lti_tool.domain.standard import RequirementKey
from lti_tool.services.show_chooser import (
    Chooser,
    keys_of_task,
    preview,
    show_chooser,
    suggested_title,
)
from tests.services.classroom import STANDARD, Classroom


def chooser(classroom: Classroom, standard_id: str | None = None) -> Chooser:
    with classroom.reading() as session:
        return show_chooser(
            session,
            classroom.catalogue,
            course_id=classroom.course.id,
            standard_id=standard_id,
        )


def test_the_newest_standard_is_offered_with_what_the_course_has(classroom: Classroom) -> None:
    first, second = classroom.set_up(), classroom.set_up()
    found = chooser(classroom)
    assert found.standard.id == STANDARD
    assert [each.id for each in found.existing] == [second.id, first.id]
    assert "elementary/2.2.4" in found.red_lines


def test_an_area_says_whose_evidence_it_shares(classroom: Classroom) -> None:
    shared = {
        (level.level.key, each.area.code): each.shared_with.key
        for level in chooser(classroom).levels
        for each in level.areas
        if each.shared_with
    }
    assert shared[("intermediate", "2")] == "elementary"
    assert ("elementary", "2") not in shared
    assert ("intermediate", "4") not in shared


def test_a_task_gives_its_codes_without_the_lost(catalogue: Catalogue) -> None:
    standard = catalogue.find(STANDARD).standard
    assert [each.code for each in keys_of_task(standard, "elementary", "2.1")] == [
        "2.1.1",
        "2.1.2",
        "2.1.3",
    ]
    lost = RequirementKey("advanced", "4.1.1")
    assert lost not in keys_of_task(standard, "advanced", "4.1")


@pytest.mark.parametrize(("level", "task"), [("elementary", "9.9"), ("master", "1.1")])
def test_an_unknown_task_is_refused(catalogue: Catalogue, level: str, task: str) -> None:
    with pytest.raises(UnknownRequirementError):
        keys_of_task(catalogue.find(STANDARD).standard, level, task)


def test_an_unknown_standard_is_refused(classroom: Classroom) -> None:
    with pytest.raises(UnknownStandardError):
        chooser(classroom, "999999")


def test_a_preview_follows_the_source_and_passes_over_strangers(catalogue: Catalogue) -> None:
    wanted = [
        RequirementKey.parse(each) for each in ("elementary/2.2.1", "elementary/1.1.1", "x/1")
    ]
    bundle = catalogue.find(STANDARD)
    found = preview(bundle.standard, bundle.rubric, wanted)
    assert [each.requirement.code for each in found] == ["1.1.1", "2.2.1"]


def test_a_title_names_the_tasks_in_the_readers_language(catalogue: Catalogue) -> None:
    standard = catalogue.find(STANDARD).standard
    keys = [RequirementKey.parse(each) for each in ("elementary/2.2.1", "elementary/2.1.1")]
    assert suggested_title(standard, keys, language="zh") == "2.1 有效沟通、2.2 业务解答"
    assert suggested_title(standard, keys, language="en").startswith("2.1 Communicating")
    assert suggested_title(standard, [], language="zh") == ""


def test_a_title_is_never_too_long(catalogue: Catalogue) -> None:
    standard = catalogue.find(STANDARD).standard
    everything = [each.key for each in standard.level("intermediate").requirements]
    title = suggested_title(standard, everything, language="en")
    assert len(title) == MAX_TITLE
    assert title.endswith("…")
