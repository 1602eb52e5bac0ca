"""The day a ledger has worked its way up to, told from its positions alone (decision 0004).

An imported history is recorded in one afternoon, so the clock says nothing about which entries are late.
Positions are cut into blocks; a block's frontier is the median effective day of the block before it, never
falling. It only steers which index answers a question: any non-falling sequence gives the same answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low

from ledger.domain.time import Day

BLOCK = 500
"""Positions in a block."""


def block_of(position: int) -> int:
    """The block a position (from 1) lies in, from 0."""
    return (position - 1) // BLOCK


def advanced(before: Day, days: Sequence[Day]) -> Day:
    """The frontier after a block whose entries took effect on these days."""
    return max(before, median_low(days)) if days else before
