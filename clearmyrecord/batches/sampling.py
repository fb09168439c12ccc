"""Acceptance sampling: how many items to look at, and which ones. Pure: no database, no clock, no chance but the seed.

The claim behind a sample in which nothing is wrong: with the stated confidence fewer than the stated share of all items
are wrong. Items are drawn without putting back, so the chance to draw none of the wrong ones is hypergeometric
(zero-acceptance sampling). All figures are exact: whole numbers and fractions, no floating point.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction


def fewest_wrong(items: int, most_wrong: Decimal) -> int:
    """The least number of wrong items that is no longer fewer than `most_wrong` percent of `items`; at least one."""
    return max(1, math.ceil(Fraction(most_wrong) / 100 * items))


def chance_of_missing(items: int, wrong: int, drawn: int) -> Fraction:
    """The chance that `drawn` of `items` hold none of the `wrong` ones. All of them are drawn without putting back."""
    return math.prod((Fraction(items - wrong - each, items - each) for each in range(drawn)), start=Fraction(1))


def size(items: int, *, confidence: Decimal, most_wrong: Decimal) -> int:
    """How many of `items` to draw so that, none of them wrong, fewer than `most_wrong` percent of all are.

    `confidence` in percent, below 100. The least number whose chance of missing every wrong item is at most what
    confidence leaves; few items are all drawn.
    """
    wrong, left = fewest_wrong(items, most_wrong), 1 - Fraction(confidence) / 100
    missing, drawing = 1, 1  # ways to draw no wrong item, ways to draw any; both in order
    for drawn in range(items):
        if missing * left.denominator <= drawing * left.numerator:
            return drawn
        missing *= max(0, items - wrong - drawn)
        drawing *= items - drawn
    return items


def draw(ids: Iterable[int], *, seed: str, number: int) -> list[int]:
    """The `number` ids whose SHA-256 of seed, colon and id is lowest. Anybody who has list and seed can do it again."""
    return sorted(ids, key=lambda each: hashlib.sha256(f"{seed}:{each}".encode()).digest())[:number]
