"""What was done, in words, and by what sort of thing an administrator looks for it.

A test finds an action that is written somewhere and has no words here.
"""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString


class Sort(StrEnum):
    """The sorts of entries."""

    RATING = "rating"
    RELEASE = "release"
    DECISION = "decision"
    RULE = "rule"
    EXPORT = "export"
    ACCESS = "access"
    PRIVACY = "privacy"
    PEOPLE = "people"
    WORK = "work"
    GRADES = "grades"
    RUNNING = "running"


SORTS: Mapping[Sort, LazyString] = {
    Sort.RATING: _("Ratings and reviews"),
    Sort.RELEASE: _("Releases"),
    Sort.DECISION: _("Sign-offs, revocations, waivers"),
    Sort.RULE: _("Rules, rubrics, equivalence"),
    Sort.EXPORT: _("Exports"),
    Sort.ACCESS: _("Access to personal data"),
    Sort.PRIVACY: _("Erasure and retention"),
    Sort.PEOPLE: _("Links, tokens, lists, merged accounts"),
    Sort.WORK: _("Assessments and handing in"),
    Sort.GRADES: _("Grades in the LMS"),
    Sort.RUNNING: _("Platforms, standards, keys, backups"),
}

BY_SORT: Mapping[Sort, Mapping[str, LazyString]] = {
    Sort.RATING: {
        "rate": _("rated"),
        "take_back_draft": _("took a draft rating back"),
        "return": _("returned work for revision"),
        "ask_review": _("asked for a review"),
        "answer_review": _("answered a review"),
        "second_rate": _("second-marked"),
        "take_back_second": _("took a second rating back"),
        "finish_second": _("finished a second marking"),
        "settle_second": _("settled a difference between two markings"),
        "put_back_second": _("put a second marking back"),
        "join_first_rating": _("took part in the first marking"),
        "plan_peers": _("planned peer rating"),
        "hide_peer_comment": _("hid a peer's comment"),
        "show_peer_comment": _("showed a peer's comment again"),
    },
    Sort.RELEASE: {"release": _("released ratings")},
    Sort.DECISION: {
        "sign_off": _("signed a level off"),
        "revoke": _("revoked a sign-off"),
        "waive": _("waived a requirement lost in source"),
        "take_waiver_back": _("took a waiver back"),
    },
    Sort.RULE: {
        "change_rule": _("set a rule"),
        "publish_rubric": _("published a rubric"),
        "discard_rubric_draft": _("discarded a rubric's draft"),
        "accept_link": _("accepted an equivalence"),
        "reject_link": _("rejected an equivalence"),
        "undo_link": _("took a decision on equivalence back"),
        "carry_evidence": _("decided on evidence for a revised standard"),
    },
    Sort.EXPORT: {
        "export": _("exported"),
        "take_export": _("took an export's file"),
    },
    Sort.ACCESS: {"look": _("looked at personal data")},
    Sort.PRIVACY: {
        "export_person": _("handed a person's data out"),
        "erase": _("erased a person"),
        "keep_longer": _("kept a person's data for longer"),
    },
    Sort.PEOPLE: {
        "add_access": _("made an access link"),
        "issue_token": _("issued an access token"),
        "revoke_token": _("revoked an access token"),
        "import_roll": _("imported a list"),
        "undo_roll": _("undid an imported list"),
        "merge_accounts": _("merged two accounts"),
        "undo_merge": _("parted merged accounts"),
        "join_schools": _("joined two schools"),
    },
    Sort.WORK: {
        "set_up": _("set an assessment up"),
        "change": _("changed an assessment"),
        "rate_with_newest": _("moved an assessment to the newest rubric"),
        "copy": _("took a copied assessment over"),
        "extend": _("gave a student more time"),
        "take_back_extension": _("took extra time back"),
        "set_teams": _("set groups for handing in"),
        "submit": _("handed in"),
        "withdraw": _("withdrew what was handed in"),
    },
    Sort.GRADES: {
        "reconcile": _("compared grades with the LMS"),
        "repair": _("repaired grades in the LMS"),
        "resend": _("sent grades again"),
        "remove": _("removed a column"),
        "restore": _("restored a column"),
    },
    Sort.RUNNING: {
        "invite_platform": _("made a registration address"),
        "register_platform": _("an LMS registered itself"),
        "add_platform": _("connected an LMS"),
        "remove_platform": _("removed an LMS"),
        "approve_deployment": _("approved a deployment"),
        "map_registrar_roles": _("mapped registrar roles"),
        "pace": _("set the pace of calls to an LMS"),
        "hand_in_standard": _("handed in a standard's document"),
        "confirm_standard": _("installed a standard"),
        "discard_standard": _("discarded a standard's draft"),
        "rotate_keys": _("rotated the signing key"),
        "reseal_keys": _("sealed the keys anew"),
        "replace_keys": _("replaced the keys"),
        "backup": _("backed up"),
        "verify_audit": _("checked the whole audit log"),
    },
}
WORDS: Mapping[str, LazyString] = {
    action: words for of_sort in BY_SORT.values() for action, words in of_sort.items()
}
SUBJECTS: Mapping[str, LazyString] = {
    "assessment": _("Assessment"),
    "attainment": _("Level"),
    "course": _("Course"),
    "deployment": _("Deployment"),
    "export": _("Export"),
    "learner": _("Learner"),
    "line_item": _("Column"),
    "links": _("Equivalence"),
    "list": _("List"),
    "person": _("Person"),
    "platform": _("LMS"),
    "requirement": _("Requirement"),
    "roll": _("Imported list"),
    "rubric": _("Rubric"),
    "rule": _("Rule"),
    "standard": _("Standard"),
    "submission": _("Work"),
    "token": _("Access token"),
}


def subject_words(subject: str) -> str:
    """What an entry is about: its kind in words where it is a known one, and its key."""
    kind, colon, key = subject.partition(":")
    return f"{SUBJECTS[kind]} {key}" if colon and kind in SUBJECTS else subject
