"""placeholder"""

from .blocks import Stream


def read_docx(content: bytes) -> Stream:
    raise NotImplementedError
