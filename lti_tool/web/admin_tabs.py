"""The navigation of the administrator's pages. Not here: any page."""

from flask import url_for

from .localisation import gettext
from .page import Page, Tab


def admin_page(here: str, *, waiting: int | None = None) -> Page:
    """The frame of the page at endpoint ``here``; ``waiting`` deployments want approval."""
    return Page(
        tabs=(
            _tab(gettext("Connect"), "admin.platforms", here, waiting or None),
            _tab(gettext("Standards"), "standards.installed", here),
            _tab(gettext("Health"), "admin.health", here),
            _tab(gettext("Privacy"), "privacy.overview", here),
            _tab(gettext("Audit log"), "audit.log", here),
            _tab(gettext("Access tokens"), "tokens.listed", here),
            _tab(gettext("Rubric"), "rubrics.first", here),
            _tab(gettext("Equivalence"), "equivalence.first", here),
        ),
        context=(gettext("Administration"),),
    )


def _tab(label: str, endpoint: str, here: str, count: int | None = None) -> Tab:
    return Tab(label, url_for(endpoint), endpoint == here, count)
