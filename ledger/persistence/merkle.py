"""The Merkle tree over the links of the log: one root stands for all entries, a short path for one (RFC 9162, 2.1).

Leaves and nodes are hashed with different first bytes, so that no node can be passed off as a leaf.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

EMPTY = hashlib.sha256().digest()
"""The root of no entries."""


def leaf(link: bytes) -> bytes:
    """The leaf of one entry, from its link of the hash chain."""
    return hashlib.sha256(b"\0" + link).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The parent of two nodes."""
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """The root of a growing list; keeps one hash for each bit of its size."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, link: bytes) -> None:
        """One more entry at the end."""
        height, top = 0, leaf(link)
        while self._peaks and self._peaks[-1][0] == height:
            top = node(self._peaks.pop()[1], top)
            height += 1
        self._peaks.append((height, top))
        self.size += 1

    def root(self) -> bytes:
        """The root of what was added so far."""
        if not self._peaks:
            return EMPTY
        root = self._peaks[-1][1]
        for _height, left in reversed(self._peaks[:-1]):
            root = node(left, root)
        return root


def _siblings(index: int, size: int) -> Iterator[tuple[int, int]]:
    """The ranges [from, to) whose roots make the path of leaf `index` among `size`, the nearest first."""
    above: list[tuple[int, int]] = []
    low, high = 0, size
    while high - low > 1:
        split = low + (1 << (high - low - 1).bit_length() - 1)
        if index < split:
            above.append((split, high))
            high = split
        else:
            above.append((low, split))
            low = split
    return reversed(above)


def path(links: Iterable[bytes], index: int, size: int) -> list[bytes]:
    """The hashes that lead from leaf `index` (0 is the first) to the root of the first `size` links."""
    ranges = list(_siblings(index, size))
    trees = [Tree() for _ in ranges]
    for number, link in zip(range(size), links, strict=False):
        for (low, high), tree in zip(ranges, trees, strict=True):
            if low <= number < high:
                tree.add(link)
                break
    return [tree.root() for tree in trees]


def root_from(link: bytes, index: int, size: int, hashes: Sequence[bytes]) -> bytes | None:
    """The root that a path leads to; None when no path of this length belongs to this place (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    at, last, root = index, size - 1, leaf(link)
    for one in hashes:
        if last == 0:
            return None
        if at % 2 or at == last:
            root = node(one, root)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            root = node(root, one)
        at, last = at >> 1, last >> 1
    return root if last == 0 else None
