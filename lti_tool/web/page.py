"""What the frame around a page shows: tabs, course line, rights notice. Not what a page says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tab:
    """One entry of the navigation. ``count`` stands beside the label; None shows nothing."""

    label: str
    href: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The template variable ``page`` that base.html reads. Everything may be left out.

    ``context`` are the parts of the line beside the tabs: course, class, standard. The notices
    are the standard's words in the page's language; empty where no standard is shown.
    ``switch_language`` is False where there is no session that could remember the choice.
    """

    tabs: tuple[Tab, ...] = ()
    context: tuple[str, ...] = ()
    standard_notice: str = ""
    switch_language: bool = True
