"""placeholder"""

from .blocks import Stream


def read_pdf(content: bytes) -> Stream:
    raise NotImplementedError
