"""What the school keeps about a learner: handed out when they ask, erased when it must be.

The one place where an administrator sees a learner: by a search, which is kept in the audit log.
Not here: what is erased (``services.erase_person``).
"""

import tempfile
from collections.abc import Iterator

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from lti_tool.domain.launch import Role
from lti_tool.domain.personal_data import Fate, Ground, Occasion, Refusal
from lti_tool.exchange.personal_archive import write_archive
from lti_tool.exchange.personal_words import TABLES
from lti_tool.files import EvidenceStore
from lti_tool.persistence import erasures
from lti_tool.services.erase_person import (
    LONGEST_REASON,
    YEAR,
    erase_person,
    find_people,
    keep_longer,
    plan_erasure,
)
from lti_tool.services.export_person import PersonalData, export_person
from lti_tool.services.note_look import of_learner, of_list

from .access import audience, member, note_access, reading, requires, working
from .admin_tabs import admin_page
from .forms import FormError, FormReader, text, whole_number
from .localisation import gettext
from .wiring import wired

MOST_FOUND = 20
MOST_SHOWN = 200
LONGEST_SEARCH = 100
MOST_YEARS = 99
IN_MEMORY = 4 * 1024 * 1024
"""Bytes of an archive; a larger one is written to the disk before it is sent."""
PIECE = 256 * 1024
FATES = {
    Fate.REMOVED: _("is removed"),
    Fate.EMPTIED: _("stays under a number, without its texts"),
    Fate.KEPT: _("stays under a number"),
}
GROUNDS = {
    Ground.LEVEL: _("Levels rest on it: it must be possible to compute a decision again."),
    Ground.RECORD: _("It says who did what in this tool, and is sealed."),
    Ground.COURSE: _("It says how many took part in a course."),
}
REFUSALS = {
    Refusal.STAFF: _(
        "They rated, decided or set something up, and what others attained rests on it. Their "
        "account stays."
    ),
    Refusal.SENDING: _("A grade of theirs is on its way to the LMS. Reload this page in a minute."),
}

blueprint = audience("privacy", __name__)


@blueprint.route("/", methods=["GET", "POST"])
@requires(Role.ADMINISTRATOR)
def overview() -> ResponseReturnValue:
    """Whose data are due, and the search; what is searched for stands in no address."""
    school_id = member().school_id
    search = request.form.get("search", "").strip()[:LONGEST_SEARCH]
    with reading() as session:
        found = find_people(session, search, school_id=school_id, most=MOST_FOUND + 1)
        due = erasures.due(session, school_id)
        done = erasures.erasures_of_school(session, school_id)
    if found or due:
        note_access(of_list("privacy"))
    return render_template(
        "admin/privacy.html",
        page=admin_page("privacy.overview"),
        search=search,
        found=found[:MOST_FOUND],
        more=len(found) > MOST_FOUND,
        due=due[:MOST_SHOWN],
        due_count=len(due),
        done=done[:MOST_SHOWN],
        years=wired().retention_years,
    )


@blueprint.get("/<int:person_id>")
@requires(Role.ADMINISTRATOR)
def person(person_id: int) -> ResponseReturnValue:
    """What is kept of a person, and what an erasure would do."""
    return _person_page(person_id)


@blueprint.post("/<int:person_id>/export")
@requires(Role.ADMINISTRATOR)
def export(person_id: int) -> ResponseReturnValue:
    """Everything about the person as a ZIP."""
    with working() as work:
        found = export_person(
            work.session,
            person_id,
            school_id=member().school_id,
            by=work.actor_id,
            now=work.now,
        )
    name = f"personal-data-{person_id}-{found.made_at:%Y%m%d}.zip"
    answer = Response(_archive(found, wired().files), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _archive(found: PersonalData, files: EvidenceStore) -> Iterator[bytes]:
    """The ZIP in pieces. It may be as large as all of somebody's files."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as stream:
        write_archive(stream, found, files.open)
        stream.seek(0)
        while piece := stream.read(PIECE):
            yield piece


@blueprint.post("/<int:person_id>/erase")
@requires(Role.ADMINISTRATOR)
def erase(person_id: int) -> ResponseReturnValue:
    """Forget the person, once it is confirmed."""
    if not request.form.get("confirmed"):
        words = gettext("Tick that you have read what stays. Nothing was erased.")
        return _person_page(person_id, {"confirmed": words}, status=422)
    school_id = member().school_id
    with working() as work:
        due = {each.id for each, _proposal in erasures.due(work.session, school_id)}
        occasion = Occasion.RETENTION if person_id in due else Occasion.ASKED
        erase_person(
            work.session,
            person_id,
            school_id=school_id,
            occasion=occasion,
            by=work.actor_id,
            now=work.now,
        )
    flash(gettext("The person is erased. Their files follow within minutes."), "ok")
    return redirect(url_for("privacy.person", person_id=person_id), 303)


@blueprint.post("/<int:person_id>/keep")
@requires(Role.ADMINISTRATOR)
def keep(person_id: int) -> ResponseReturnValue:
    """Let the data of somebody who is due stay for some years more."""
    reader = FormReader()
    years = reader.read(_years, 0)
    reason = reader.read(lambda: text("reason", LONGEST_REASON, required=True), "")
    if reader.errors:
        return _person_page(person_id, reader.errors, status=422)
    with working() as work:
        until = work.now + years * YEAR
        keep_longer(
            work.session,
            person_id,
            school_id=member().school_id,
            until=until,
            reason=reason,
            by=work.actor_id,
            now=work.now,
        )
    flash(gettext("The data stay; they are proposed again after that time."), "ok")
    return redirect(url_for("privacy.overview"), 303)


def _person_page(
    person_id: int, errors: dict[str, str] | None = None, *, status: int = 200
) -> ResponseReturnValue:
    school_id = member().school_id
    with reading() as session:
        plan = plan_erasure(session, person_id, school_id=school_id)
        proposals = {each.id: proposal for each, proposal in erasures.due(session, school_id)}
    note_access(of_learner(person_id))
    body = render_template(
        "admin/person_data.html",
        page=admin_page("privacy.overview"),
        plan=plan,
        proposal=proposals.get(person_id),
        words=TABLES,
        fates=FATES,
        grounds=GROUNDS,
        refusals=REFUSALS,
        errors=errors or {},
        typed=request.form,
    )
    return body, status


def _years() -> int:
    given = whole_number("years", least=1, most=MOST_YEARS)
    if given is None:
        raise FormError("years", gettext("This must be filled in."))
    return given
