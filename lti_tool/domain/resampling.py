"""Drawing with replacement from things of few kinds, quickly: how many of each kind came out.

What is drawn is exactly distributed, with no rounding of shares. Not here: what is made of the
draws (``lti_tool.domain.agreement``).
"""

from collections import Counter
from collections.abc import Sequence
from random import Random

MOST_KINDS = 255
"""As many kinds as fit a byte beside the mark of what is not settled yet."""
_BYTES = 256


def resamples(times: Sequence[int], number: int, *, seed: int) -> list[list[int]]:
    """So many samples, each as large as what it is drawn from; the same ``seed`` draws the same.

    ``times`` says how many there are of each kind, at least one of any; a sample says it likewise.
    """
    luck = Random(seed)  # noqa: S311 - shall come out the same again
    if len(times) > MOST_KINDS:
        return [_one_by_one(times, luck) for _ in range(number)]
    urn = _Urn(times)
    return [urn.draw(sum(times), luck) for _ in range(number)]


def _one_by_one(times: Sequence[int], luck: Random) -> list[int]:
    kinds = range(len(times))
    drawn = Counter(luck.choices(kinds, times, k=sum(times)))
    return [drawn[each] for each in kinds]


class _Urn:
    """One random byte settles nearly every draw: of the 256 values a kind has as many as fit its
    share. The few values left over ask for another byte, of whose values each kind has as many as
    fit what it is still owed, and so on."""

    def __init__(self, times: Sequence[int]) -> None:
        self._kinds = range(len(times))
        self._owed = list(times)
        self._tables: list[bytes] = []

    def draw(self, number: int, luck: Random) -> list[int]:
        """How many of each kind there are among so many drawn."""
        drawn = luck.randbytes(number).translate(self._table(0))
        found = [drawn.count(kind) for kind in self._kinds]
        left = number - sum(found)
        depth = 1
        while left:
            found = self._settled(found, luck.randbytes(left), self._table(depth))
            left = number - sum(found)
            depth += 1
        return found

    def _settled(self, found: Sequence[int], drawn: bytes, table: bytes) -> list[int]:
        """With these few bytes, too, which are cheaper to look at singly."""
        settled = list(found)
        for each in drawn:
            if table[each] in self._kinds:
                settled[table[each]] += 1
        return settled

    def _table(self, depth: int) -> bytes:
        """The kind that each value of the byte at this depth stands for, or the mark."""
        while depth >= len(self._tables):
            whole = sum(self._owed)
            own = (bytes([kind]) * (_BYTES * self._owed[kind] // whole) for kind in self._kinds)
            self._tables.append(b"".join(own).ljust(_BYTES, bytes([len(self._kinds)])))
            self._owed = [_BYTES * each % whole for each in self._owed]
        return self._tables[depth]
