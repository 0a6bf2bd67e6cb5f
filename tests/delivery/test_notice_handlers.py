"""Asking the sandbox's platforms for notices over HTTP, and what a launch's offer says."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from lti_tool.delivery.notice_handlers import LEASE, NoticeAsker
from lti_tool.lti.claims import Claims
from lti_tool.lti.notices import service_offered
from lti_tool.persistence import notice_handlers
from lti_tool.persistence.notice_handlers import FRESH, NoticeHandler
from tests.delivery.school import School

KIND = "LtiContextCopyNotice"
SCOPE = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/platformnotificationservice"


def asker(school: School) -> NoticeAsker:
    return NoticeAsker(school.new_means(), handler=handler_of(school))


def handler_of(school: School) -> str:
    return school.lms.addresses.settings.tool_base_url + "/lti/notices"


def launch_tells_of_the_service(school: School, url: str = "") -> None:
    with school.database.transaction() as session:
        notice_handlers.note_service(
            session,
            deployment_id=school.course.deployment_id,
            url=url or school.lms.addresses.notice_handlers,
            now=school.clock(),
        )


def stored(school: School) -> NoticeHandler:
    with school.database.reading() as session:
        found = notice_handlers.notice_handler(session, school.course.deployment_id)
    assert found is not None
    return found


def test_our_address_is_put_once_until_it_is_old(canvas: School) -> None:
    asking = asker(canvas)
    launch_tells_of_the_service(canvas)
    assert asking.deliver_due() == 1
    assert canvas.lms.notice_handlers == {KIND: handler_of(canvas)}
    assert stored(canvas).put_at == canvas.clock()
    launch_tells_of_the_service(canvas)
    assert asking.deliver_due() == 0
    canvas.lms.notice_handlers.clear()
    canvas.clock.move(FRESH.total_seconds())
    launch_tells_of_the_service(canvas)
    assert asking.deliver_due() == 1
    assert canvas.lms.notice_handlers == {KIND: handler_of(canvas)}


def test_an_address_that_changed_is_asked_at_once(canvas: School) -> None:
    asking = asker(canvas)
    launch_tells_of_the_service(canvas, canvas.lms.addresses.issuer + "/api/lti/elsewhere")
    assert asking.deliver_due() == 1
    assert (stored(canvas).problem, stored(canvas).due_at) == ("not_found", None)
    launch_tells_of_the_service(canvas)
    assert asking.deliver_due() == 1
    assert stored(canvas).problem == ""


def test_a_platform_that_is_away_is_asked_again(canvas: School) -> None:
    launch_tells_of_the_service(canvas, "http://127.0.0.1:9/notice-handlers")
    assert asker(canvas).deliver_due() == 1
    found = stored(canvas)
    assert found.problem == "unreachable"
    assert found.due_at is not None
    assert found.due_at > canvas.clock()


def test_a_deployment_is_one_askers_at_a_time_until_the_lease_runs_out(canvas: School) -> None:
    launch_tells_of_the_service(canvas)
    with canvas.database.transaction() as session:
        now = canvas.clock()
        assert notice_handlers.lease_due(session, now=now, lease=LEASE) is not None
        assert notice_handlers.lease_due(session, now=now, lease=LEASE) is None
    canvas.clock.move(LEASE / timedelta(seconds=1))
    assert asker(canvas).deliver_due(lambda: True) == 0
    assert asker(canvas).deliver_due() == 1


@pytest.mark.parametrize(
    ("changes", "offered"),
    [
        ({}, True),
        ({"notice_types_supported": ["LtiHelloWorldNotice"]}, False),
        ({"notice_types_supported": KIND}, False),
        ({"scope": []}, False),
        ({"scope": None}, False),
        ({"platform_notification_service_url": "ftp://lms.example/x"}, False),
        ({"platform_notification_service_url": {}}, False),
    ],
    ids=str,
)
def test_notices_are_asked_for_where_the_claim_offers_copies(
    changes: Mapping[str, object], offered: bool
) -> None:
    claim = {
        "service_versions": ["1.0"],
        "platform_notification_service_url": "https://lms.example.edu/notices",
        "scope": [SCOPE],
        "notice_types_supported": ["LtiHelloWorldNotice", KIND],
    }
    found = service_offered(Claims({CLAIM: {**claim, **changes}}))
    assert (found is not None) is offered
