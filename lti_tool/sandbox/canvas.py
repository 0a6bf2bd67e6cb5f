"""The Canvas manner: what Canvas's public source and documentation say, as data.

Not observed on a running Canvas; where the documents are silent, the milder reading is taken.
"""

import json
from collections.abc import Mapping
from typing import Final

from lti_tool.sandbox import claims as c
from lti_tool.sandbox.addresses import Addresses, Paths
from lti_tool.sandbox.claims import LaunchFacts, Message, Place
from lti_tool.sandbox.course import Course, LineItem
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
from lti_tool.sandbox.registration_rules import CANVAS_REGISTRATION

_JSON: Final = "application/json; charset=utf-8"
_VALIDATION: Final[dict[str, object]] = {
    "validation_context": None,
    "errors": {"errors": {}},
}
_ACCOUNT_ID: Final = "9b6f0c52e1d84a7f8c3a5b7e2d1f60943a8e5c71"
_ERROR_TYPES: Final = {
    400: "bad_request",
    401: "unauthorized",
    404: "not_found",
    412: "precondition_failed",
    422: "unprocessable_entity",
}

COURSE: Final = Course(
    id="1",
    context_id="4dde05e8ca1973bcca9bffc13e1548820eee93a3",
    label="DSKF-2",
    title="电子商务客服实训（二）",
    sourced_id="2024-DSKF-02",
    context_type="http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering",
)

PATHS: Final = Paths(
    authorise="/api/lti/authorize_redirect",
    oauth="/login/oauth2/token",
    key_set="/api/lti/security/jwks",
    services="/api/lti/courses",
    line_items="/api/lti/courses/<course>/line_items",
    line_item="/api/lti/courses/<course>/line_items/<int:item>",
    memberships="/api/lti/courses/<course>/names_and_roles",
    deep_link_return="/courses/<course>/deep_linking_response",
    launch_return="/courses/<course>/external_content/success/external_tool_redirect",
    notice_handlers="/api/lti/notice-handlers/1",
    # Not Canvas's, nor Moodle's: here so that groups can be tried.
    groups="/api/lti/courses/<course>/groups",
)


def _variables(facts: LaunchFacts) -> Mapping[str, str]:
    values = c.common_variables(facts) | {
        "$Canvas.course.sisSourceId": facts.course.sourced_id,
        "$Canvas.course.sectionIds": "1",
    }
    if facts.activity is not None:
        values["$Canvas.assignment.published"] = str(facts.activity.published).lower()
        values["$ResourceLink.title"] = facts.activity.title
    return values


def _extra_claims(facts: LaunchFacts) -> dict[str, object]:
    extra: dict[str, object] = {
        "azp": facts.addresses.client_id,
        "locale": facts.locale,
        "https://www.instructure.com/placement": _placement(facts),
        c.LTI + "context": _context(facts),
        c.LTI + "launch_presentation": _presentation(facts),
        c.LTI + "tool_platform": {
            "guid": "VgyxkyjEiAodh9fpOzDuOA9mSnSPCm0BMFWpJSTI:canvas-lms",
            "name": "沙盒职业学院",
            "version": "cloud",
            "product_family_code": "canvas",
            **_VALIDATION,
        },
        c.LTI + "lis": {
            "person_sourcedid": facts.person.student_number,
            "course_offering_sourcedid": facts.course.sourced_id,
            **_VALIDATION,
        },
        c.LTI + "lti11_legacy_user_id": facts.person.user_id,
    }
    if facts.place is not Place.INSTITUTION:
        extra |= _course_services(facts)
    if facts.message is Message.DEEP_LINKING:
        extra[c.DEEP_LINKING + "deep_linking_settings"] = _deep_linking(facts)
    else:
        extra[c.LTI + "resource_link"] = _resource_link(facts)
    return extra


def _course_services(facts: LaunchFacts) -> dict[str, object]:
    return {
        c.AGS_ENDPOINT: c.grade_service(facts) | _VALIDATION,
        c.NAMES_AND_ROLES: {
            "context_memberships_url": facts.addresses.memberships,
            "service_versions": ["2.0"],
            **_VALIDATION,
        },
        **c.more_services(facts),
    }


def _placement(facts: LaunchFacts) -> str | None:
    if facts.place is Place.INSTITUTION:
        return "account_navigation"
    if facts.place is Place.NAVIGATION:
        return "course_navigation"
    return "assignment_selection" if facts.message is Message.DEEP_LINKING else None


def _context(facts: LaunchFacts) -> dict[str, object]:
    if facts.place is Place.INSTITUTION:
        return {"id": _ACCOUNT_ID, "title": "沙盒职业学院", "type": ["Account"], **_VALIDATION}
    return c.named_course(facts.course) | {"type": [facts.course.context_type], **_VALIDATION}


def _resource_link(facts: LaunchFacts) -> dict[str, object]:
    """Outside real links the id falls back to the context's."""
    if facts.activity is None:
        outside = facts.place is Place.INSTITUTION
        named = _ACCOUNT_ID if outside else facts.course.context_id
        return {"id": named, "title": "达标", "description": None, **_VALIDATION}
    activity = facts.activity
    return {
        "id": activity.resource_link_id,
        "title": activity.title,
        "description": activity.text or None,
        **_VALIDATION,
    }


def _presentation(facts: LaunchFacts) -> dict[str, object]:
    return {
        "document_target": facts.document_target,
        "return_url": facts.addresses.launch_return({"ticket": facts.ticket}),
        "locale": facts.locale,
        **_VALIDATION,
    }


def _deep_linking(facts: LaunchFacts) -> dict[str, object]:
    return {
        "deep_link_return_url": facts.addresses.deep_link_return({"data": facts.ticket}),
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe", "window"],
        "accept_media_types": "application/vnd.ims.lti.v1.ltilink",
        "auto_create": False,
        "accept_multiple": False,
        "accept_lineitem": True,
        **_VALIDATION,
    }


def _shown(item: LineItem, addresses: Addresses) -> dict[str, object]:
    shown: dict[str, object] = {
        "id": addresses.line_item(item.id),
        "scoreMaximum": item.maximum,
        "label": item.label,
    }
    optional = {
        "tag": item.tag,
        "resourceId": item.resource_id,
        "resourceLinkId": item.resource_link_id,
    }
    return shown | {key: value for key, value in optional.items() if value}


def _link_header(links: Mapping[str, str]) -> str:
    return ",".join(f'<{url}>; rel="{rel}"' for rel, url in links.items())


def _refusal(refused: RefusedRequest) -> tuple[str, str]:
    kind = _ERROR_TYPES.get(refused.status, "internal_server_error")
    return json.dumps({"errors": {"type": kind, "message": refused.reason}}), _JSON


def _member(person: Person, roles: tuple[str, ...]) -> dict[str, object]:
    return {
        "status": "Active",
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
        "lis_person_sourcedid": person.student_number,
        "user_id": person.user_id,
        "lti11_legacy_user_id": person.user_id,
        "roles": [role for role in roles if role.startswith(c.MEMBERSHIP)],
    }


def _token_error(status: int, error: str, description: str) -> tuple[int, str]:
    return status, json.dumps({"error": error, "error_description": description})


def _score_answer(addresses: Addresses, item: LineItem, user_id: str) -> tuple[str, str]:
    body = {"resultUrl": f"{addresses.results(item.id)}/{user_id}"}
    return json.dumps(body), "application/vnd.ims.lis.v1.score+json; charset=utf-8"


_MISSING: Final = LoginRefusal("invalid_request_object", "Missing parameters")

CANVAS: Final = Manner(
    name="canvas",
    product="Canvas",
    course=COURSE,
    paths=PATHS,
    resource_link_id=lambda number: f"{number:08x}-7c1d-4a2e-9f60-2b4c8e0d5a13",
    registration=CANVAS_REGISTRATION,
    login=LoginRules(
        method="get",
        extras={"canvas_region": "not_configured", "canvas_environment": "prod"},
        required=(
            "client_id",
            "redirect_uri",
            "login_hint",
            "lti_message_hint",
            "nonce",
            "prompt",
            "response_mode",
            "response_type",
            "scope",
        ),
        refusals={
            LoginProblem.REDIRECT_URI: LoginRefusal(status=400),
            LoginProblem.CLIENT: LoginRefusal("unauthorized_client", "Client not authorized"),
            LoginProblem.MISSING: _MISSING,
            LoginProblem.SCOPE: LoginRefusal("invalid_scope", "The 'scope' must be 'openid'"),
            LoginProblem.RESPONSE_TYPE: LoginRefusal(
                "unsupported_response_type", "The 'response_type' must be 'id_token'"
            ),
            LoginProblem.RESPONSE_MODE: LoginRefusal(
                "invalid_request_object", "The 'response_mode' must be 'form_post'"
            ),
            LoginProblem.PROMPT: LoginRefusal(
                "invalid_request_object", "The 'prompt' must be 'none'"
            ),
            LoginProblem.HINT: LoginRefusal(
                "launch_no_longer_valid", "The launch has either expired or already been consumed"
            ),
            LoginProblem.PERSON: LoginRefusal("login_required", "Must have an active user session"),
        },
        hint=lambda _number, ticket: ticket,
        strips_state=False,
        storage_frame="post_message_forwarding",
    ),
    launch=LaunchRules(
        id_token_seconds=300,
        roles={
            Role.TEACHER: (
                c.INSTITUTION + "Instructor",
                c.MEMBERSHIP + "Instructor",
                c.SYSTEM + "User",
            ),
            Role.STUDENT: (
                c.INSTITUTION + "Student",
                c.MEMBERSHIP + "Learner",
                c.SYSTEM + "User",
            ),
            Role.REGISTRAR: (c.INSTITUTION + "Administrator", c.SYSTEM + "User"),
        },
        locales={"zh": "zh-Hans", "en": "en"},
        tool_custom={
            "person_sourcedid": "$Person.sourcedId",
            "person_integration_id": "$Canvas.user.sisIntegrationId",
            "course_sis_id": "$Canvas.course.sisSourceId",
            "section_ids": "$Canvas.course.sectionIds",
            "assignment_published": "$Canvas.assignment.published",
            "context_history": "$Context.id.history",
            "submission_end": "$ResourceLink.submission.endDateTime",
        },
        variables=_variables,
        extra_claims=_extra_claims,
        repeats_mixed_case=False,
        course_navigation=True,
    ),
    content=ContentRules(
        accept_multiple=False,
        reviewed=False,
        published=False,
        uses_label=True,
        always_graded=True,
        checks_audience=True,
    ),
    tokens=TokenRules(
        content_type=_JSON,
        leeway=30,
        oldest=300,
        single_use_jti=True,
        drops_unknown_scopes=False,
        scopes=(*c.SCOPES, c.NOTICE_SCOPE, c.GROUP_SCOPE),
        refusals={
            "request": _token_error(400, "invalid_request", "missing or bad parameters"),
            "client": _token_error(401, "invalid_client", "unknown client"),
            "no_kid": _token_error(400, "invalid_request", "JWK not found"),
            "kid": _token_error(400, "invalid_request", "JWK not found"),
            "signature": _token_error(400, "invalid_request", "signature does not verify"),
            "expired": _token_error(400, "invalid_request", "JWT has expired"),
            "early": _token_error(400, "invalid_request", "the 'iat' must be in the past"),
            "old": _token_error(400, "invalid_request", "the 'iat' is more than 5 minutes old"),
            "claims": _token_error(400, "invalid_request", "missing or bad assertion claims"),
            "scope": _token_error(400, "invalid_scope", "a scope is not granted to this key"),
        },
    ),
    media=Media(
        containers=None,
        items=None,
        results=None,
        members=None,
        bodies=None,
        score_bodies=None,
    ),
    columns=ColumnRules(
        page=10,
        link_header=_link_header,
        longest={"label": 255, "tag": 255, "resourceId": 255},
        too_long_status=422,
        unknown_link_status=404,
        replaces=False,
        own_deletable=False,
        column_per_link=True,
        pages_results=True,
        shown=_shown,
    ),
    scores=ScoreRules(
        required=("userId", "activityProgress", "gradingProgress", "timestamp"),
        stale_status=400,
        equal_is_stale=False,
        whole_seconds=False,
        own_column_by_receipt=False,
        counting=frozenset({"FullyGraded", "PendingManual"}),
        caps=False,
        appends_comments=True,
        user_pattern=r".+",
        broken_user_status=422,
        unknown_user_status=422,
        locked_status=422,
        unpublished_status=422,
        forgives_pretty_print=False,
        success=_score_answer,
    ),
    services=ServiceRules(
        refusal=_refusal,
        no_handler_status=404,
        member=_member,
        member_page=50,
    ),
)
