"""The Moodle manner: what Moodle 4.5.5 was observed to say and answer, as data.

Stricter than Moodle in one place, which is said there: the token endpoint looks at the audience.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from lti_tool.sandbox import claims as c
from lti_tool.sandbox.addresses import Addresses, Paths
from lti_tool.sandbox.claims import LaunchFacts, Message, Place
from lti_tool.sandbox.course import Course, LineItem, plain, term_at
from lti_tool.sandbox.manners import (
    ColumnRules,
    ContentRules,
    LaunchRules,
    LoginProblem,
    LoginRefusal,
    LoginRules,
    Manner,
    Media,
    RefusedRequest,
    ScoreRules,
    ServiceRules,
    TokenRules,
)
from lti_tool.sandbox.people import Person, Role
from lti_tool.sandbox.registration_rules import MOODLE_REGISTRATION

SCORE_TYPE: Final = "application/vnd.ims.lis.v1.score+json; charset=utf-8"
_JSON: Final = "application/json; charset=utf-8"
_HTML: Final = "text/html; charset=utf-8"
_REASONS: Final = {401: "Unauthorized", 403: "Forbidden"}
_BAD_GATEWAY: Final = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)
_INSTITUTION_LINK: Final = "100001"

COURSE: Final = Course(
    id="2",
    context_id="2",
    label="DSKF-2",
    title="电子商务客服实训（二）",
    sourced_id="2024-DSKF-02",
    context_type="CourseSection",
)

PATHS: Final = Paths(
    authorise="/mod/lti/auth.php",
    oauth="/mod/lti/token.php",
    key_set="/mod/lti/certs.php",
    services="/mod/lti/services.php",
    line_items="/mod/lti/services.php/<course>/lineitems",
    line_item="/mod/lti/services.php/<course>/lineitems/<int:item>/lineitem",
    memberships="/mod/lti/services.php/CourseSection/<course>/bindings/1/memberships",
    deep_link_return="/mod/lti/contentitem_return.php",
    launch_return="/mod/lti/return.php",
    query="?type_id=1",
)


def _variables(facts: LaunchFacts) -> Mapping[str, str]:
    course = facts.course
    term = term_at(datetime.fromtimestamp(facts.issued, UTC))
    return c.common_variables(facts) | {
        "$Context.label": course.label,
        "$CourseSection.sourcedId": course.sourced_id,
        "$CourseSection.timeFrame.begin": term.begin,
        "$CourseSection.timeFrame.end": term.end,
        "$Moodle.Person.userGroupIds": "",
        "$ResourceLink.title": facts.activity.title if facts.activity else "",
        "$LineItem.url": facts.line_item or "",
        "$LineItems.url": facts.addresses.line_items,
        "$ToolProxyBinding.memberships.url": facts.addresses.memberships,
    }


def _extra_claims(facts: LaunchFacts) -> dict[str, object]:
    extra = {
        c.LTI + "lis": _lis(facts),
        c.LTI + "context": _context(facts),
        c.LTI + "ext": {"user_username": facts.person.username, "lms": "moodle-2"},
        c.LTI + "launch_presentation": _presentation(facts),
        c.LTI + "tool_platform": {
            "product_family_code": "moodle",
            "version": "2024100705.01",
            "guid": "3f0c1b7e5ad94c0d8b6a2c9e71f4d850",
            "name": "sandbox",
            "description": "沙盒职业学院",
        },
        c.NAMES_AND_ROLES: {
            "context_memberships_url": facts.addresses.memberships,
            "service_versions": ["1.0", "2.0"],
        },
    }
    if facts.place is not Place.INSTITUTION:
        extra[c.AGS_ENDPOINT] = c.grade_service(facts)
    if facts.message is Message.DEEP_LINKING:
        extra[c.DEEP_LINKING + "deep_linking_settings"] = _deep_linking(facts)
    else:
        extra[c.LTI + "resource_link"] = _resource_link(facts)
    return extra


def _lis(facts: LaunchFacts) -> dict[str, str]:
    return {
        "person_sourcedid": facts.person.student_number,
        "course_section_sourcedid": (
            facts.course.sourced_id if facts.place is not Place.INSTITUTION else ""
        ),
    }


def _context(facts: LaunchFacts) -> dict[str, object]:
    if facts.place is Place.INSTITUTION:  # the site's front page is a course of its own, number 1
        return {"id": "1", "label": "sandbox", "title": "沙盒职业学院", "type": ["CourseSection"]}
    return c.named_course(facts.course) | {"type": [facts.course.context_type]}


def _resource_link(facts: LaunchFacts) -> dict[str, str]:
    if facts.activity is None:
        return {"title": "教务管理", "description": "", "id": _INSTITUTION_LINK}
    activity = facts.activity
    return {
        "title": activity.title,
        "description": activity.text,
        "id": activity.resource_link_id,
    }


def _presentation(facts: LaunchFacts) -> dict[str, str]:
    if facts.message is Message.DEEP_LINKING:
        return {"locale": facts.locale}
    link = facts.activity.resource_link_id if facts.activity else _INSTITUTION_LINK
    container = "4" if facts.document_target == "window" else "3"
    query = {
        "course": facts.course.id,
        "launch_container": container,
        "instanceid": link,
        "sesskey": facts.ticket,
    }
    return {
        "locale": facts.locale,
        "document_target": facts.document_target,
        "return_url": facts.addresses.launch_return(query),
    }


def _deep_linking(facts: LaunchFacts) -> dict[str, object]:
    query = {"course": facts.course.id, "id": "1", "sesskey": facts.ticket}
    return {
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["frame", "iframe", "window"],
        "accept_copy_advice": False,
        "accept_multiple": True,
        "accept_unsigned": False,
        "auto_create": False,
        "can_confirm": False,
        "deep_link_return_url": facts.addresses.deep_link_return(query),
        "title": "达标",
        "text": "",
    }


def _shown(item: LineItem, addresses: Addresses) -> dict[str, object]:
    shown: dict[str, object] = {
        "id": addresses.line_item(item.id),
        "label": item.label,
        "scoreMaximum": plain(item.maximum),
        "resourceId": item.resource_id,
        "tag": item.tag,
    }
    if item.resource_link_id is not None:
        shown |= {"resourceLinkId": item.resource_link_id, "ltiLinkId": item.resource_link_id}
    return shown


def _link_header(links: Mapping[str, str]) -> str:
    """Moodle escapes the URLs as HTML and quotes the relations with curly quotes (as observed)."""
    parts = (f"<{url.replace('&', '&amp;')}>; rel=“{rel}”" for rel, url in links.items())
    return ", ".join(parts).encode().decode("latin-1")


def _refusal(refused: RefusedRequest) -> tuple[str, str]:
    if refused.status == 502:
        return _BAD_GATEWAY, "text/html"
    if refused.in_scores:
        return "[]", SCORE_TYPE
    body = {
        "status": refused.status,
        "reason": _REASONS.get(refused.status, refused.reason),
        "request": {
            "method": refused.method,
            "url": refused.url,
            "accept": refused.accept,
            "contentType": refused.content_type,
        },
    }
    return json.dumps(body), _JSON


def _member(person: Person, roles: tuple[str, ...]) -> dict[str, object]:
    short = [role.removeprefix(c.MEMBERSHIP) for role in roles if role.startswith(c.MEMBERSHIP)]
    return {
        "status": "Active",
        "roles": short,
        "user_id": person.user_id,
        "lis_person_sourcedid": person.student_number,
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
        "ext_user_username": person.username,
    }


def _token_error(text: str) -> tuple[int, str]:
    return 400, json.dumps({"error": text})


_PAGE: Final = LoginRefusal()
_EXACT: Final = "application/vnd.ims.lis.v2."

MOODLE: Final = Manner(
    name="moodle",
    product="Moodle",
    course=COURSE,
    paths=PATHS,
    resource_link_id=str,
    registration=MOODLE_REGISTRATION,
    login=LoginRules(
        method="post",
        extras={},
        required=("client_id", "redirect_uri", "login_hint", "lti_message_hint", "nonce"),
        refusals={
            LoginProblem.REDIRECT_URI: _PAGE,
            LoginProblem.CLIENT: LoginRefusal("unauthorized_client"),
            LoginProblem.MISSING: _PAGE,
            LoginProblem.SCOPE: _PAGE,
            LoginProblem.RESPONSE_TYPE: _PAGE,
            LoginProblem.RESPONSE_MODE: LoginRefusal("invalid_request", "Invalid response_mode"),
            LoginProblem.PROMPT: LoginRefusal("invalid_request", "Invalid prompt"),
            LoginProblem.HINT: _PAGE,
            LoginProblem.PERSON: LoginRefusal("access_denied"),
        },
        hint=lambda number, ticket: json.dumps(
            {"cmid": number + 1, "launchid": f"ltilaunch{number}_{ticket}"}, separators=(",", ":")
        ),
        strips_state=True,
        storage_frame="",
    ),
    launch=LaunchRules(
        id_token_seconds=60,
        roles={
            Role.TEACHER: c.urns(c.MEMBERSHIP, ["Instructor"]),
            Role.STUDENT: c.urns(c.MEMBERSHIP, ["Learner"]),
            Role.REGISTRAR: (
                c.INSTITUTION + "Administrator",
                c.MEMBERSHIP + "Instructor",
                c.SYSTEM + "Administrator",
            ),
        },
        locales={"zh": "zh_cn", "en": "en"},
        tool_custom={
            "section_begin": "$CourseSection.timeFrame.begin",
            "section_end": "$CourseSection.timeFrame.end",
            "context_history": "$Context.id.history",
            "link_history": "$ResourceLink.id.history",
            "submission_end": "$ResourceLink.submission.endDateTime",
            "context_memberships_url": "$ToolProxyBinding.memberships.url",
        },
        variables=_variables,
        extra_claims=_extra_claims,
        repeats_mixed_case=True,
        course_navigation=False,
    ),
    # A wrong audience was accepted; a wrong issuer and an expired response were not.
    content=ContentRules(
        accept_multiple=True,
        reviewed=True,
        published=True,
        uses_label=False,
        always_graded=False,
        checks_audience=False,
    ),
    # Moodle 4.5 does not look at the audience and takes an assertion without jti. The sandbox
    # does look, since every other platform refuses such assertions.
    tokens=TokenRules(
        content_type=_HTML,
        leeway=0,
        oldest=None,
        single_use_jti=False,
        drops_unknown_scopes=True,
        scopes=c.SCOPES,
        refusals={
            "request": _token_error("invalid_request"),
            "client": _token_error("invalid_client"),
            "no_kid": _token_error("error/Error: kid must be provided in JWT header."),
            # Sic: the quotes are not escaped, the body is no JSON.
            "kid": (400, '{\n  "error" : ""kid" invalid, unable to lookup correct key"\n}'),
            "signature": _token_error("Signature verification failed"),
            "expired": _token_error("Expired token"),
            "early": _token_error("Cannot handle token with iat prior to now"),
            "old": _token_error("Expired token"),
            "claims": _token_error("invalid_request"),
            "scope": _token_error("invalid_scope"),
        },
    ),
    media=Media(
        containers=frozenset({_EXACT + "lineitemcontainer+json"}),
        items=frozenset({_EXACT + "lineitem+json", "*/*", ""}),
        results=frozenset({_EXACT + "resultcontainer+json", "*/*", ""}),
        members=frozenset({"application/vnd.ims.lti-nrps.v2.membershipcontainer+json", "*/*", ""}),
        bodies=frozenset({_EXACT + "lineitem+json"}),
        score_bodies=frozenset({"application/vnd.ims.lis.v1.score+json"}),
    ),
    columns=ColumnRules(
        page=None,
        link_header=_link_header,
        longest={"label": 255, "tag": 255, "resourceId": 512},
        too_long_status=502,
        unknown_link_status=403,
        replaces=True,
        own_deletable=True,
        column_per_link=False,
        pages_results=False,
        shown=_shown,
    ),
    scores=ScoreRules(
        required=("userId", "activityProgress", "gradingProgress", "timestamp"),
        stale_status=409,
        equal_is_stale=True,
        whole_seconds=True,
        own_column_by_receipt=True,
        counting=frozenset({"FullyGraded"}),
        caps=True,
        appends_comments=False,
        user_pattern=r"\d+",
        broken_user_status=502,
        unknown_user_status=400,
        locked_status=500,
        unpublished_status=None,
        forgives_pretty_print=True,
        success=lambda _addresses, _item, _user: ("", SCORE_TYPE),
    ),
    services=ServiceRules(
        refusal=_refusal,
        no_handler_status=400,
        member=_member,
        member_page=None,
    ),
)
