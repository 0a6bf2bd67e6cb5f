"""A page as a PDF, for paper: made by WeasyPrint in a process of its own.

WeasyPrint and the libraries it needs are an extra (``pip install 'lti-tool[pdf]'``): where they
are missing the rest of the tool works, and pages are printed by the browser. A process of its own
keeps their memory and start-up time from every other process. Not here: what a page says.
"""

from .printing import NoPdfError, pdf_of

__all__ = ["NoPdfError", "pdf_of"]
