"""What a comparison of the gradebook found, and what to do, in words a teacher can act on. No page
itself."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from lti_tool.domain.reconciliation import Finding

from .delivery_words import Words

FINDINGS: Mapping[Finding, Words] = {
    Finding.OVERRIDDEN: Words(
        _("The grade arrived; then somebody changed it in the gradebook."),
        _("Keep the change, or send ours again; Moodle may keep it until it is undone there."),
    ),
    Finding.MISSING: Words(
        _("The grade arrived; now the gradebook holds none."), _("Send it again.")
    ),
    Finding.CAPPED: Words(
        _("The column's maximum is below the points given, so the gradebook holds its maximum."),
        _("Repair: the column gets our maximum again, and the grade is sent again."),
    ),
    Finding.MAXIMUM_CHANGED: Words(
        _("The column's maximum was changed, and the points were kept as they were."),
        _("Repair: the column gets our maximum again, and the grade is sent again."),
    ),
    Finding.CONFLICT: Words(
        _("The gradebook holds a later grade and refuses this one."),
        _("Look who changed it there. Send ours again if it is the right one."),
    ),
    Finding.COLUMN_GONE: Words(
        _("The column was deleted in the gradebook."),
        _("Repair: the column is made anew with every grade."),
    ),
    Finding.FOREIGN: Words(
        _("The gradebook holds a grade for which nothing was rated and released here."),
        _("If it is not meant, remove it in the gradebook."),
    ),
    Finding.UNREADABLE: Words(
        _("The LMS does not let this column be read."),
        _("The administrator allows reading grades for this tool in the LMS."),
    ),
    Finding.RESCALED: Words(_("The same grade, shown out of another maximum.")),
    Finding.UNDER_WAY: Words(_("The grade has not arrived yet, so there is nothing to compare.")),
}
