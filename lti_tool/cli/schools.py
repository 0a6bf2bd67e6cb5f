"""Which school a command is about. Not a command itself."""

from lti_tool.persistence import schools
from lti_tool.persistence.database import Session
from lti_tool.persistence.schools import School

from .console import ConsoleError, said


def chosen_school(session: Session, name: str) -> School:
    """The school of this name, or the only one there is; made where there is none yet.

    Raises ConsoleError where it stays open which one is meant.
    """
    known = schools.schools(session)
    if name:
        found = [each for each in known if each.name == name]
        if found or not known:
            return found[0] if found else schools.ensure_school(session, name)
    elif len(known) == 1:
        return known[0]
    elif not known:
        return schools.ensure_school(session, said("本校", "School"))
    names = ", ".join(each.name for each in known)
    raise ConsoleError(
        said(f"请用 --school 指定学校：{names}", f"name the school with --school: {names}")
    )
