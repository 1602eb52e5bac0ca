"""Half-open runs of points on one axis, days or positions, and what can be done with them."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]
Spans = list[Span]
"""Half-open runs of points on one axis, in order and apart from each other."""


def joined(spans: Iterable[Span]) -> Spans:
    """The points that lie in any of the runs."""
    found: Spans = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif begin < end:
            found.append((begin, end))
    return found


def clipped(spans: Iterable[Span], begin: int, end: int) -> Spans:
    """The part of the runs in `[begin, end)`, which is not empty."""
    return [
        (one if one > begin else begin, other if other < end else end)  # noqa: FURB136  the functions cost three times as much
        for one, other in spans
        if one < end and begin < other
    ]


def without(spans: Iterable[Span], others: Iterable[Span]) -> Spans:
    """The part of the runs that lies in none of the others."""
    found: Spans = []
    for one, end in spans:
        begin = one
        for start, stop in others:
            if stop > begin and start < end:
                if start > begin:
                    found.append((begin, start))
                begin = stop
        if begin < end:
            found.append((begin, end))
    return found


def common(spans: Iterable[Span], others: Spans) -> Spans:
    """The part of the runs that also lies in the others."""
    return [piece for begin, end in spans for piece in clipped(others, begin, end)]


def covers(spans: Iterable[Span], point: int) -> bool:
    """Whether the point lies in one of the runs."""
    return any(begin <= point < end for begin, end in spans)
