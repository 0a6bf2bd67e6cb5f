"""The course that ``server`` serves: units that open the tool, and a page of its gradebook as JSON.

Login initiation, id_token, deep linking, key set, access tokens, line items and scores come from
lti-consumer-xblock; what is ours says only who opens which unit. Imported once Django is set up.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import include, path
from lti_consumer.api import (
    get_lti_1p3_content_url,
    get_lti_1p3_launch_info,
    get_lti_1p3_launch_start_url,
)
from lti_consumer.data import Lti1p3LaunchData
from lti_consumer.models import Lti1p3Passport, LtiAgsLineItem, LtiConfiguration, LtiDlContentItem
from lti_consumer.utils import get_lti_api_base

COURSE = "course-v1:Dabiao+EC101+2026"
OTHER_COURSE = "course-v1:Dabiao+EC102+2026"
COURSES = {"pasted": COURSE, "chosen": COURSE, "alone": OTHER_COURSE}
"""Which unit stands in which course."""


def make_course(tool: str) -> None:
    """Units that share one registration of the tool, with the grade service to manage columns."""
    passport = Lti1p3Passport.objects.create(
        name="Dabiao", context_key=COURSE, lti_1p3_tool_keyset_url=f"{tool}/lti/jwks"
    )
    for unit in COURSES:
        LtiConfiguration.objects.create(
            version=LtiConfiguration.LTI_1P3,
            config_store=LtiConfiguration.CONFIG_ON_DB,
            location=_location(unit),
            lti_1p3_passport=passport,
            lti_1p3_oidc_url=f"{tool}/lti/login",
            lti_1p3_launch_url=f"{tool}/lti/launch",
            lti_advantage_ags_mode=LtiConfiguration.LTI_ADVANTAGE_AGS_PROGRAMMATIC,
            lti_advantage_deep_linking_enabled=True,
            lti_advantage_deep_linking_launch_url=f"{tool}/lti/launch",
        )


def registration(_request: HttpRequest) -> HttpResponse:
    """What the tool's administrator reads in the course to register the platform."""
    info = get_lti_1p3_launch_info(_launch("pasted", "instructor", "teacher"))
    return JsonResponse({"issuer": get_lti_api_base(), **info})


def open_unit(_request: HttpRequest, unit: str, role: str, user: str) -> HttpResponse:
    """A person opens a unit: the plain link, or what was chosen for it by deep linking."""
    return HttpResponseRedirect(get_lti_1p3_content_url(_launch(unit, role, user)))


def choose(_request: HttpRequest, unit: str, user: str) -> HttpResponse:
    """An author chooses the content of a unit in the tool."""
    launch = _launch(unit, "instructor", user)
    return HttpResponseRedirect(get_lti_1p3_launch_start_url(launch, deep_link_launch=True))


def content(_request: HttpRequest, unit: str) -> HttpResponse:
    """What the package understood and stored of the tool's deep linking answer."""
    items = LtiDlContentItem.objects.filter(lti_configuration=_configuration(unit))
    told = [{"type": each.content_type, **each.attributes} for each in items]
    return JsonResponse(told, safe=False)


def gradebook(_request: HttpRequest) -> HttpResponse:
    """Every line item of both courses with its scores, oldest first."""
    items = LtiAgsLineItem.objects.order_by("id")
    return JsonResponse([_column(each) for each in items], safe=False)


def _column(item: Any) -> dict[str, Any]:
    return {
        "label": item.label,
        "maximum": item.score_maximum,
        "resource_id": item.resource_id,
        "tag": item.tag,
        "unit": item.lti_configuration.location.block_id,
        "resource_link_id": item.resource_link_id and str(item.resource_link_id),
        "scores": {
            each.user_id: {
                "given": each.score_given,
                "maximum": each.score_maximum,
                "comment": each.comment,
                "timestamp": each.timestamp.isoformat(),
                "progress": [each.activity_progress, each.grading_progress],
            }
            for each in item.scores.order_by("id")
        },
    }


def _launch(unit: str, role: str, user: str) -> Lti1p3LaunchData:
    return Lti1p3LaunchData(
        user_id=user,
        user_role=role,
        config_id=_configuration(unit).config_id,
        resource_link_id=_location(unit),
        name=f"{role} {user}",
        launch_presentation_document_target="iframe",
        context_id=COURSES[unit],
        context_type=["course_offering"],
        context_title="电子商务客服实训",
        context_label="EC101",
    )


def _configuration(unit: str) -> Any:
    return LtiConfiguration.objects.get(location=_location(unit))


def _location(unit: str) -> str:
    course = COURSES[unit].removeprefix("course-v1:")
    return f"block-v1:{course}+type@lti_consumer+block@{unit}"


urlpatterns = [
    path("registration", registration),
    path("units/<str:unit>/as/<str:role>/<str:user>", open_unit),
    path("units/<str:unit>/choose/<str:user>", choose),
    path("units/<str:unit>/content", content),
    path("gradebook", gradebook),
    path("api/", include("lti_consumer.plugin.urls")),
]
