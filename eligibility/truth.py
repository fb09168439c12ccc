"""Yes, no and unknown, as columns over convictions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Truth:
    """An answer per conviction. `yes` and `unknown` never hold together; neither means no.

    `because` says, per fact, for which convictions the unknown answer hangs on it.
    """

    yes: Flags
    unknown: Flags
    because: Mapping[str, Flags]

    @classmethod
    def known(cls, yes: Flags) -> Truth:
        """An answer that is never unknown."""
        return cls(yes, np.zeros(len(yes), dtype=bool), {})

    @classmethod
    def unless(cls, unknown: Flags, yes: Flags, *, fact: str) -> Truth:
        """`yes`, but unknown for lack of `fact` where `unknown` holds."""
        return cls(yes & ~unknown, unknown, {fact: unknown})

    @property
    def no(self) -> Flags:
        return ~(self.yes | self.unknown)

    def __invert__(self) -> Truth:
        return Truth(self.no, self.unknown, self.because)

    def __and__(self, other: Truth) -> Truth:
        return self._combined(other, yes=self.yes & other.yes, no=self.no | other.no)

    def __or__(self, other: Truth) -> Truth:
        return self._combined(other, yes=self.yes | other.yes, no=self.no & other.no)

    def _combined(self, other: Truth, *, yes: Flags, no: Flags) -> Truth:
        unknown = ~(yes | no)
        facts = sorted({*self.because, *other.because})
        nobody = np.zeros(len(yes), dtype=bool)
        because = {fact: unknown & (self.because.get(fact, nobody) | other.because.get(fact, nobody)) for fact in facts}
        return Truth(yes, unknown, because)

    def letters(self) -> NDArray[np.uint8]:
        """y, n or u per conviction, as bytes."""
        answers = np.full(len(self.yes), ord("n"), dtype=np.uint8)
        answers[self.yes] = ord("y")
        answers[self.unknown] = ord("u")
        return answers
