"""An Open edX course as far as a tool can see: the platform side of lti-consumer-xblock, served.

A program of its own, since Django wants a process to itself:
``python -m tests.journeys.openedx.server PORT TOOL_URL FOLDER``. Here is what Open edX would set
for the package. Not here: the course (``course``), what people do in it (``test_openedx``).
"""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import django
import waitress
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

COURSE = "tests.journeys.openedx.course"
APPS = (
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "rest_framework",
    "config_models",
    "lti_consumer",
)
MIDDLEWARE = (
    "edx_django_utils.cache.middleware.RequestCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
)
USAGE = r"(?:i4x://?[^/]+/[^/]+/[^/]+/[^@]+(?:@[^/]+)?)|(?:[^/]+)"
"""How Open edX writes the place of a unit in a URL."""


def main(port: int, tool: str, folder: Path) -> None:
    """Set the course up and serve it until the process is ended."""
    configure(f"http://127.0.0.1:{port}", folder)
    put_host_in_place()
    django.setup()
    call_command("migrate", verbosity=0)
    import_module(COURSE).make_course(tool)
    waitress.serve(get_wsgi_application(), host="127.0.0.1", port=port, threads=4)


def configure(base: str, folder: Path) -> None:
    """The settings that the package reads."""
    database = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": folder / "openedx.sqlite3",
        "OPTIONS": {"timeout": 30},
    }
    engine = {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        DATABASES={"default": database},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        INSTALLED_APPS=APPS,
        LTI_API_BASE=base,
        LTI_BASE=base,
        MIDDLEWARE=MIDDLEWARE,
        PLATFORM_NAME="Open edX",
        ROOT_URLCONF=COURSE,
        SECRET_KEY="for-this-run-only",
        TEMPLATES=[engine],
        USAGE_ID_PATTERN=f"(?P<usage_id>{USAGE})",
        USAGE_KEY_PATTERN=f"(?P<usage_key_string>{USAGE})",
        USE_TZ=True,
    )


def put_host_in_place() -> None:
    """The one thing the package asks Open edX itself: may this person author the course?"""
    for name in ("common", "common.djangoapps", "common.djangoapps.student"):
        sys.modules[name] = ModuleType(name)
    rights = ModuleType("common.djangoapps.student.auth")
    rights.__dict__["has_studio_write_access"] = lambda _user, _course: True
    sys.modules[rights.__name__] = rights


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
