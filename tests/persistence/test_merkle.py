"""The tree over the links: the same root as the definition in the standard, and paths that lead nowhere else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest

from ledger.persistence.merkle import EMPTY, Tree, leaf, node, path, root_from

LINKS = [hashlib.sha256(bytes([number])).digest() for number in range(40)]


def by_definition(links: Sequence[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if not links:
        return EMPTY
    if len(links) == 1:
        return leaf(links[0])
    split = 1
    while split * 2 < len(links):
        split *= 2
    return node(by_definition(links[:split]), by_definition(links[split:]))


@pytest.mark.parametrize("size", range(len(LINKS) + 1))
def test_the_root_is_that_of_the_standard(size: int) -> None:
    tree = Tree()
    for link in LINKS[:size]:
        tree.add(link)
    assert (tree.size, tree.root()) == (size, by_definition(LINKS[:size]))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 21])
def test_a_path_leads_from_its_own_place_to_the_root_and_from_no_other(size: int) -> None:
    root = by_definition(LINKS[:size])
    for index in range(size):
        hashes = path(LINKS, index, size)
        assert root_from(LINKS[index], index, size, hashes) == root
        others = [number for number in range(-1, size + 2) if number != index]
        assert root not in [root_from(LINKS[index], number, size, hashes) for number in others]
        assert root not in [root_from(other, index, size, hashes) for other in LINKS if other != LINKS[index]]
        assert root_from(LINKS[index], index, size, [*hashes, root]) != root
        assert not hashes or root_from(LINKS[index], index, size, hashes[:-1]) != root


def test_a_node_is_no_leaf() -> None:
    """Two leaves cannot be passed off as one entry: leaves and nodes are hashed apart."""
    left, right = leaf(LINKS[0]), leaf(LINKS[1])
    assert leaf(left + right) != node(left, right)
