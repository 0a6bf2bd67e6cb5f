"""Line items: what each platform takes, answers and forgets."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from lti_tool.sandbox import LineItem, Platform
from lti_tool.sandbox.claims import LINE_ITEM_READ_SCOPE
from tests.sandbox.calls import CONTAINER, ITEM, GradeService
from tests.sandbox.conftest import Browser, captured

SERVICES = "/moodle/mod/lti/services.php"


@pytest.fixture
def service(client: FlaskClient, platform: Platform) -> GradeService:
    return GradeService(client, platform)


@pytest.fixture
def on_moodle(client: FlaskClient, moodle: Platform) -> GradeService:
    return GradeService(client, moodle)


@pytest.fixture
def on_canvas(client: FlaskClient, canvas: Platform) -> GradeService:
    return GradeService(client, canvas)


@pytest.mark.parametrize("call", captured("moodle-line-items"), ids=lambda call: call["name"])
def test_moodle_answers_as_observed(on_moodle: GradeService, call: dict[str, Any]) -> None:
    on_moodle.platform.add_activity("A")  # resource link 1
    if "/13/" in call["path"]:
        on_moodle.platform.put_line_item(LineItem(13, "B", 100))
    headers = {k: call[k] for k in ("accept", "content_type") if call[k]}

    answer = on_moodle.send(call["method"], SERVICES + call["path"], call["body"], **headers)

    assert answer.status_code == call["status"]
    assert answer.headers["Content-Type"] == call["answer_type"]
    said, observed = answer.get_json(), call["answer"]
    assert list(said) == list(observed)
    if call["status"] == 201:
        assert said.pop("id").startswith("http://localhost:8081" + SERVICES)
        assert said == {k: v for k, v in observed.items() if k != "id"}
    else:
        assert said["status"] == observed["status"]


def test_an_activity_brings_its_own_column(service: GradeService) -> None:
    activity = service.platform.add_activity("A")

    (item,) = service.container().get_json()

    assert item["label"] == "A"
    assert item["scoreMaximum"] == 100
    assert item["resourceLinkId"] == activity.resource_link_id


def test_a_created_line_item_is_found_again_by_resource_id_and_tag(service: GradeService) -> None:
    service.platform.add_activity("A")
    made = service.create(
        label="初级", scoreMaximum=1, resourceId="530050-2021-2.0/elementary", tag="attainment"
    )
    assert made.status_code == 201

    query = "resource_id=530050-2021-2.0/elementary&tag=attainment"
    (found,) = service.container(query).get_json()

    assert found["id"] == made.get_json()["id"]
    assert found["scoreMaximum"] == 1
    assert "resourceLinkId" not in found
    assert service.container("tag=other").get_json() == []


def test_line_items_are_filtered_by_link(service: GradeService) -> None:
    service.platform.add_activity("A")
    second = service.platform.add_activity("B")

    found = service.container(f"resource_link_id={second.resource_link_id}").get_json()

    assert [item["label"] for item in found] == ["B"]


def test_moodle_gives_all_line_items_unless_a_limit_is_named(on_moodle: GradeService) -> None:
    for number in range(12):
        on_moodle.create(label=f"c{number}", scoreMaximum=1)

    answer = on_moodle.container()

    assert len(answer.get_json()) == 12
    assert "Link" not in answer.headers


def test_moodle_paging_links_are_html_escaped_with_curly_quotes(on_moodle: GradeService) -> None:
    for number in range(5):
        on_moodle.create(label=f"c{number}", scoreMaximum=1)

    answer = on_moodle.container("limit=2&from=2")

    assert [item["label"] for item in answer.get_json()] == ["c2", "c3"]
    links = answer.headers["Link"].encode("latin-1").decode().split(", ")
    base = f"http://localhost:8081{SERVICES}/2/lineitems?type_id=1&amp;limit=2&amp;from="
    assert links == [
        f"<{base}{row}>; rel=“{rel}”"
        for rel, row in (("first", 0), ("prev", 0), ("canonical", 2), ("next", 4), ("last", 4))
    ]


def test_canvas_pages_by_ten_with_plain_links(on_canvas: GradeService) -> None:
    for number in range(12):
        on_canvas.create(label=f"c{number}", scoreMaximum=1)

    first = on_canvas.container()
    links = [part.partition("; rel=") for part in first.headers["Link"].split(",")]
    (following,) = (url.strip("<>") for url, _, rel in links if rel == '"next"')
    second = on_canvas.call("GET", following, accept=CONTAINER)

    assert len(first.get_json()) == 10
    assert [item["label"] for item in second.get_json()] == ["c10", "c11"]
    assert 'rel="next"' not in second.headers["Link"]


def test_moodle_put_replaces_the_whole_and_unlinks(on_moodle: GradeService) -> None:
    activity = on_moodle.platform.add_activity("A")
    link = activity.resource_link_id
    made = on_moodle.create(
        label="B", scoreMaximum=40, tag="t", resourceId="r", resourceLinkId=link
    )
    url = made.get_json()["id"]

    on_moodle.send("PUT", url, {"label": "C", "scoreMaximum": 80}, content_type=ITEM)

    assert on_moodle.call("GET", url, accept=ITEM).get_json() == {
        "id": url,
        "label": "C",
        "scoreMaximum": 80,
        "resourceId": "",
        "tag": "",
    }


def test_canvas_put_changes_only_what_is_named(on_canvas: GradeService) -> None:
    url = on_canvas.create(label="B", scoreMaximum=40, tag="t", resourceId="r").get_json()["id"]

    on_canvas.send("PUT", url, {"label": "C"}, content_type=ITEM)

    shown = on_canvas.call("GET", url, accept=ITEM).get_json()
    assert (shown["label"], shown["scoreMaximum"], shown["tag"]) == ("C", 40, "t")


def test_moodle_delete_takes_even_an_activitys_own_column(on_moodle: GradeService) -> None:
    activity = on_moodle.platform.add_activity("A")
    own = on_moodle.platform.own_column(activity.id)
    assert own is not None

    gone = on_moodle.call("DELETE", on_moodle.platform.addresses.line_item(own.id))

    assert (gone.status_code, gone.data) == (204, b"")
    assert on_moodle.platform.line_items == ()


def test_canvas_delete_refuses_a_column_the_tool_did_not_make(on_canvas: GradeService) -> None:
    activity = on_canvas.platform.add_activity("A")
    own = on_canvas.platform.own_column(activity.id)
    assert own is not None

    refused = on_canvas.call("DELETE", on_canvas.platform.addresses.line_item(own.id))

    assert refused.status_code == 401
    assert refused.get_json()["errors"]["type"] == "unauthorized"
    assert on_canvas.platform.line_items == (own,)


def test_a_second_line_item_of_a_canvas_assignment_gets_no_column(on_canvas: GradeService) -> None:
    activity = on_canvas.platform.add_activity("A")

    on_canvas.create(label="B", scoreMaximum=1, resourceLinkId=activity.resource_link_id)
    on_canvas.create(label="C", scoreMaximum=1)

    shown = [(item.label, item.in_gradebook) for item in on_canvas.platform.line_items]
    assert shown == [("A", True), ("B", False), ("C", True)]


def test_moodle_breaks_on_a_label_over_255_characters(on_moodle: GradeService) -> None:
    answer = on_moodle.create(label="长" * 256, scoreMaximum=1)

    assert answer.status_code == 502
    assert "Bad Gateway" in answer.text


def test_a_line_item_without_label_or_maximum_is_refused(service: GradeService) -> None:
    assert service.create(label="A").status_code == 400
    assert service.create(scoreMaximum=1).status_code == 400
    assert service.create(label="A", scoreMaximum="many").status_code == 400
    assert service.platform.line_items == ()


def test_a_read_scope_does_not_let_create(client: FlaskClient, platform: Platform) -> None:
    reader = GradeService(client, platform, frozenset({LINE_ITEM_READ_SCOPE}))

    assert reader.container().status_code == 200
    assert reader.create(label="A", scoreMaximum=1).status_code == 401


def test_a_call_without_a_token_is_refused(client: FlaskClient, platform: Platform) -> None:
    path = platform.addresses.line_items.removeprefix("http://localhost:8081")

    assert client.get(path, headers={"Accept": CONTAINER}).status_code == 401


def test_another_course_is_not_there(service: GradeService) -> None:
    url = service.platform.addresses.line_items.replace("/2/", "/7/").replace("/1/", "/7/")

    assert service.call("GET", url, accept=CONTAINER).status_code == 404


def test_a_duplicated_activity_keeps_custom_resource_id_and_tag_under_new_ids(
    browser: Browser, platform: Platform
) -> None:
    column = LineItem(0, "A", 20, resource_id="r", tag="t")
    first = platform.add_activity("A", custom={"assessment": "7"}, column=column)

    second = platform.duplicate_activity(first.id)

    assert second is not None
    assert second.custom == first.custom
    assert second.resource_link_id != first.resource_link_id
    copied = platform.own_column(second.id)
    assert copied is not None
    assert (copied.resource_id, copied.tag, copied.maximum) == ("r", "t", 20)
    assert platform.duplicate_activity(99) is None
