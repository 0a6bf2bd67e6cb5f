"""An LMS made of lti1p3platform, which nobody here wrote: its launches, its token endpoint, and its
line items, scores, results and class list.

Its own code makes and checks every message; what it stores is a dictionary here. Not here: what
it is asked (``test_lti1p3platform``, ``journeys``).
"""

import json
from dataclasses import dataclass, field
from typing import Any, ClassVar

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from flask import Flask, redirect, render_template_string, request
from flask.typing import ResponseReturnValue
from lti1p3platform.exceptions import LineItemNotFoundException
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.membership import Context
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request
from lti1p3platform.response import Response, generate_next_link
from lti1p3platform.score import UpdateScoreStatus
from lti1p3platform.service_connector import (
    AssignmentsGradesService,
    NamesRoleProvisioningService,
)

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
MEMBERS = [
    {"user_id": str(number), "roles": ["Learner" if number > 1 else "Instructor"]}
    for number in range(1, 6)
]
DEPLOYMENT = "d1"
CLIENT = "client-1"


@dataclass
class Content:
    """What deep linking brought, newest last."""

    items: list[dict[str, Any]] = field(default_factory=list)


class Config(LTI1P3PlatformConfAbstract):
    """The one registration: ``issuer``, and the tool at ``tool`` or its ``key_set`` alone."""

    def init_platform_config(self, **kwargs: Any) -> None:
        key = generate_private_key(public_exponent=65537, key_size=2048)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        made = Registration().set_iss(kwargs["issuer"]).set_client_id(CLIENT)
        made.set_platform_private_key(private.decode()).set_platform_public_key(public.decode())
        made.set_deployment_id(DEPLOYMENT)
        tool = kwargs.get("tool", "")
        made.set_oidc_login_url(f"{tool}/lti/login").set_launch_url(f"{tool}/lti/launch")
        made.set_deeplink_launch_url(f"{tool}/lti/launch")
        made.set_tool_key_set_url(f"{tool}/lti/jwks")
        if "key_set" in kwargs:
            made.set_tool_key_set(kwargs["key_set"])
        self._registration = made

    def get_registration_by_params(self, **kwargs: Any) -> Registration:
        return self.get_registration()


class Asked(Request):
    """A Flask request as the library wants it."""

    def build_metadata(self, asked: Any) -> Any:
        return {
            "method": asked.method,
            "form_data": asked.form.to_dict(),
            "get_data": {k: int(v) if v.isdigit() else v for k, v in asked.args.items()},
            "headers": asked.headers,
            "content_type": asked.content_type,
            "path": asked.path,
            "json": asked.get_json(force=True, silent=True),
        }


class Grades(AssignmentsGradesService):
    """The gradebook."""

    items: ClassVar[dict[str, Any]] = {}
    held: ClassVar[dict[tuple[str, str], Any]] = {}

    def find_lineitems(self, **asked: Any) -> Any:
        keys = {"resource_id": "resourceId", "tag": "tag"}
        wanted = {keys[name]: value for name, value in asked.items() if name in keys}
        found = [i for i in self.items.values() if all(i[k] == v for k, v in wanted.items())]
        return {"content": found, "has_next": False, "next": None}

    def find_lineitem(self, line_item_id: str) -> Any:
        if line_item_id not in self.items:
            raise LineItemNotFoundException
        return self.items[line_item_id]

    def create_lineitem(self, creation_data: Any) -> Any:
        url = f"{self.ags.lineitems_url}/{len(self.items) + 1}"
        self.items[url] = {**creation_data, "id": url}
        return self.items[url]

    def update_lineitem(self, update_data: Any) -> Any:
        self.items[self.find_lineitem(update_data["id"])["id"]] = update_data
        return update_data

    def delete_lineitem(self, line_item_id: str) -> None:
        del self.items[self.find_lineitem(line_item_id)["id"]]

    def update_score(self, line_item_id: str, score: Any) -> UpdateScoreStatus:
        held = self.held.get((line_item_id, score["userId"]))
        if held is not None and held["timestamp"] >= score["timestamp"]:
            return UpdateScoreStatus.OLD_TIMESTAMP
        self.held[line_item_id, score["userId"]] = score
        return UpdateScoreStatus.SUCCESS

    def get_results(self, line_item_id: str, **asked: Any) -> Any:
        found = [
            {"userId": who, "resultScore": s["scoreGiven"], "resultMaximum": s["scoreMaximum"]}
            for (item, who), s in self.held.items()
            if item == line_item_id
        ]
        return {"content": found, "has_next": False, "next": None}


class People(NamesRoleProvisioningService):
    """The class, two a page."""

    def get_context_by_id(self) -> Context:
        return Context("2", "C", "Course")

    def get_member_data_page(self, page: int = 1, limit: int | None = None, **_: Any) -> Any:
        first = (page - 1) * (limit or len(MEMBERS))
        rest = first + (limit or len(MEMBERS))
        more = rest < len(MEMBERS)
        return {"content": MEMBERS[first:rest], "has_next": more, "next": None}


def sent(answer: Response) -> ResponseReturnValue:
    """An answer of the library on the wire; a gradebook's lists come as pages of a dictionary."""
    body, headers = answer.result, {"Content-Type": answer.media_type}
    if isinstance(body, dict) and body.get("next"):
        headers["Link"] = generate_next_link(body["next"])
    if isinstance(body, dict) and "has_next" in body:
        body = body["content"]
    return "" if body is None else json.dumps(body), answer.code, headers


class Login(OIDCLoginAbstract):
    """The first step of a launch."""

    def set_lti_message_hint(self, **kwargs: Any) -> None:
        self._lti_message_hint = kwargs["hint"]

    def get_redirect(self, url: str) -> Any:
        return redirect(url)


class Launch(LTIAdvantageMessageLaunchAbstract):
    """The second step. The message hint is the unit that is opened, or ``choose``; ``content`` is
    what deep linking brought."""

    def __init__(self, asked: Asked, config: Config, content: Content) -> None:
        super().__init__(asked, config)
        self.content = content

    def prepare_launch(self, preflight_response: dict[str, Any]) -> None:
        base, unit = request.host_url.rstrip("/"), preflight_response["lti_message_hint"]
        user = preflight_response["login_hint"]
        role = "Instructor" if user.startswith("teacher") else "Learner"
        self.set_user_data(user, [MEMBERSHIP + role], full_name=f"{role} {user}")
        self.set_launch_context_claim("course-7", context_title="电子商务客服实训")
        self.set_nrps(f"{base}/people")
        if unit == "choose":
            self.set_dl(f"{base}/content", accept_types={"ltiResourceLink"})
            return
        self.set_ags(f"{base}/items")
        self.set_resource_link_claim(f"link-{unit}", title=unit)
        if self.content.items:
            self.set_custom_parameters_claim(self.content.items[-1].get("custom", {}))

    def render_launch_form(self, launch_data: dict[str, Any], **kwargs: Any) -> Any:
        return render_template_string(FORM, **launch_data)


FORM = """<form id="lti-launch" method="post" action="{{ launch_url }}">
<input name="id_token" value="{{ id_token }}"><input name="state" value="{{ state }}"></form>"""


def lms(base: str, **registration: Any) -> Flask:
    """The platform at this address; ``registration`` is for ``Config``."""
    app = Flask("lms", root_path=".")
    config = Config(**{"issuer": base, **registration})
    content = Content()
    app.config.update(URL=base, CONTENT=content)
    _add_launches(app, config, content)
    _add_services(app, config, base)
    return app


def _add_launches(app: Flask, config: Config, content: Content) -> None:
    @app.get("/open/<unit>/as/<user>")
    def open_unit(unit: str, user: str) -> ResponseReturnValue:
        login = Login(request, config)
        login.set_lti_message_hint(hint=unit)
        answer: ResponseReturnValue = login.initiate_login(user)
        return answer

    @app.get("/authorise")
    def authorise() -> ResponseReturnValue:
        launch = Launch(Asked(request), config, content)
        answer: ResponseReturnValue = launch.lti_launch()
        return answer

    @app.post("/content")
    def take_content() -> ResponseReturnValue:
        content.items += config.validate_deeplinking_resp(request.form.to_dict())
        return "taken"

    @app.get("/keys")
    def keys() -> ResponseReturnValue:
        return dict(config.get_jwks())


def _add_services(app: Flask, config: Config, base: str) -> None:
    """Line items, scores, results, the class list, and tokens for them."""

    def grades(*item: str) -> Grades:
        url = "/".join((base, "items", *item))
        return Grades(Asked(request), config, f"{base}/items", url)

    def answer(service: Any, name: str, **more: Any) -> ResponseReturnValue:
        return sent(service.handle_resp(getattr(service, name), **more))

    @app.post("/token")
    def token() -> ResponseReturnValue:
        return dict(config.get_access_token(request.form.to_dict()))

    @app.route("/items", methods=["GET", "POST"])
    def items() -> ResponseReturnValue:
        names = {"GET": "handle_get_lineitems", "POST": "handle_create_lineitem"}
        return answer(grades(), names[request.method])

    @app.route("/items/<number>", methods=["GET", "PUT", "DELETE"])
    def item(number: str) -> ResponseReturnValue:
        verb = {"GET": "get", "PUT": "update", "DELETE": "delete"}[request.method]
        url = f"{base}/items/{number}"
        return answer(grades(number), f"handle_{verb}_lineitem", line_item_id=url)

    @app.route("/items/<number>/<part>", methods=["GET", "POST"])
    def inside(number: str, part: str) -> ResponseReturnValue:
        names = {"scores": "handle_update_score", "results": "handle_get_results"}
        url = f"{base}/items/{number}"
        return answer(grades(number), names[part], line_item_id=url)

    @app.get("/people")
    def people() -> ResponseReturnValue:
        service = People(Asked(request), config, f"{base}/people")
        return answer(service, "handle_get_members")
