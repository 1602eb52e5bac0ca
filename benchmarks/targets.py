"""What the figures must reach, and the lines of the table."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.measuring import Figure, Figures, number, told
from benchmarks.scanning import AGAIN, FULL, NAIVE, PEAK, RAISED
from benchmarks.screens import DOWN_BYTE, DOWN_BYTES, FORM, NEW_DATE, START
from benchmarks.sheets import COMMIT, DRY, LINES, PEOPLE, REGISTER

BIG, SMALL = 100_000, 10_000
FAST, SLOWER, ROWS = 20.0, 50.0, 400.0

QUESTIONS: dict[str, tuple[float | None, float | None]] = {
    "whole jurisdiction, now known": (FAST, 5.0),
    "whole jurisdiction, now known, same day again": (None, 5.0),
    "whole jurisdiction, as known earlier": (SLOWER, 5.0),
    "subtree of 1,100, now known": (FAST, 1.5),
    "subtree of 1,100, as known earlier": (None, None),
    "roster of 80": (FAST, 1.5),
    "roster of 80, as known earlier": (None, None),
    "person": (FAST, 1.5),
    "curve of a subtree of 1,100, 360 months": (FAST, None),
    "curve, as known earlier": (None, None),
    "all overdue, now known": (SLOWER, None),
    "all overdue, as known earlier": (SLOWER, None),
    "all units as rows of objects": (ROWS, None),
}
"""Question -> most milliseconds at 100,000 people on SQLite, most growth from 10,000 people."""
POSTGRESQL = 3.0
"""PostgreSQL may take so many times as long as SQLite's limit."""
WRITING: dict[str, tuple[str, float] | None] = {
    "import": ("at least", 2_000),
    "import, at the end": ("at least", 2_000),
    "record one by one": None,
    "catch-up of the read tables, an entry of an import": ("at most", 1),
    "catch-up of the read tables, an entry alone": ("at most", 1),
    "rebuild": ("at least", 15_000),
}
RATIOS = {"library_aggregates": 300, "simple_history": 300, "continuum": 50}
RUNNERS: dict[str, tuple[str, int | None]] = {
    "library_runner": ("library_runner, a small table: periods on one axis", None),
    "library_runner_tables": ("library_runner, the ledger's own read tables", 20),
}
"""Peer -> what the library's runner keeps, and how many times faster a rebuild must be; judged on the same work."""
SCANS: dict[str, dict[int, float | None]] = {
    FULL: {SMALL: 3.0, BIG: 30.0},
    RAISED: {SMALL: None, BIG: 30.0},
    PEAK: {SMALL: 1024.0, BIG: 1024.0},
    AGAIN: {SMALL: None, BIG: None},
    NAIVE: {SMALL: None},
}
SHEETS: dict[str, dict[int, float | None]] = {DRY: {PEOPLE: 15.0}, COMMIT: {PEOPLE: None}, REGISTER: {LINES: 5.0}}
SCREENS: dict[str, dict[int, float | None]] = {
    START: {SMALL: 1.5, BIG: None},
    NEW_DATE: {SMALL: None, BIG: 500.0},
    DOWN_BYTE: {SMALL: None, BIG: 50.0},
    DOWN_BYTES: {SMALL: None, BIG: 2048.0},
    FORM: {SMALL: 250.0, BIG: 250.0},
}
"""Name -> people (or rows) -> the most that it may be."""
ANY_COMMAND, QUESTION_SMALL = 1_073.7, 150
"""Megabytes: any command at 100,000 people, a question at 10,000."""
STARTS = {"sledger --help": 0.3, "sledger headcount --unit, demo county": 1.0, "sledger demo --no-tui": None}


@dataclass(slots=True)
class Verdicts:
    """Counts what is met, and keeps what is not."""

    met: int = 0
    missed: list[str] = field(default_factory=list)

    def judge(
        self, name: str, value: float | None, limit: float | None, *, least: bool = False, cpu: float | None = None
    ) -> str:
        """Whether a value keeps within its limit, in a word; `cpu`: the same in processor time."""
        if value is None or limit is None:
            return "–"
        if value >= limit if least else value <= limit:
            self.met += 1
            return "met"
        word = "**missed**"
        if cpu is not None and (cpu >= limit if least else cpu <= limit):
            word += ", met in processor time"
            name += f" ({number(cpu)} in processor time)"
        bound = f"{'at least' if least else 'at most'} {number(limit)}"
        self.missed.append(f"{name}: {number(value)} for {bound}")
        return word


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    middle = "" if figure.middle is None else f" / {number(figure.middle)}"
    cpu = "" if figure.cpu is None else f" ({number(figure.cpu)})"
    return f"{number(figure.value)}{middle}{cpu}"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _head(*cells: str) -> list[str]:
    return [_row(*cells), "|" + "---|" * len(cells)]


def questions(figures: Figures, verdicts: Verdicts) -> list[str]:
    """Best and median milliseconds of ten rounds on each database."""
    sqlite, server_side = ("10,000", "100,000", "target", ""), ("PostgreSQL, 100,000", "target", "")
    found = _head("question", *sqlite, "growth", "target", "", *server_side)
    for name, (limit, growth) in QUESTIONS.items():
        small, big = figures.get(SMALL, "sqlite", name), figures.get(BIG, "sqlite", name)
        server = figures.get(BIG, "postgresql", name)
        grown = big.value / small.value if big and small else None
        steady = big.cpu / small.cpu if big and small and big.cpu and small.cpu else None
        found.append(
            _row(
                name,
                _cell(small),
                _cell(big),
                "–" if limit is None else f"≤ {limit:.0f}",
                verdicts.judge(f"{name}, SQLite, 100,000 people, ms", big and big.value, limit, cpu=big and big.cpu),
                "–" if grown is None else f"{grown:.1f} ×" + ("" if steady is None else f" ({steady:.1f} ×)"),
                "–" if growth is None else f"≤ {growth:.1f} ×",
                verdicts.judge(f"{name}, growth from 10,000 to 100,000 people", grown, growth, cpu=steady),
                _cell(server),
                "–" if limit is None else f"≤ {limit * POSTGRESQL:.0f}",
                verdicts.judge(f"{name}, PostgreSQL, ms", server and server.value, limit and limit * POSTGRESQL),
            )
        )
    return found


def writing(figures: Figures, verdicts: Verdicts) -> list[str]:
    """Rates, at each size."""
    found = _head("", "people", "measured", "load", "target", "")
    for name, target in WRITING.items():
        for people in (SMALL, BIG):
            figure = figures.get(people, "sqlite", name)
            if figure is None:
                continue
            least = target is not None and target[0] == "at least"
            limit = None if target is None else target[1]
            verdict = verdicts.judge(f"{name}, {people:,} people", figure.value, limit, least=least, cpu=figure.cpu)
            shown = "–" if limit is None else f"{'≥' if least else '≤'} {limit:,.0f}"
            shown_name = name + (f", {figure.note}" if figure.note else "")
            found.append(_row(shown_name, f"{people:,}", told(figure), str(figure.load), shown, verdict))
    return found


def scans(figures: Figures, verdicts: Verdicts) -> list[str]:
    """All rules at each size, and how many times longer the naive way takes."""
    found = limits(figures, verdicts, "sqlite", SCANS)
    full, naive = (figures.get(SMALL, "sqlite", name) for name in (FULL, NAIVE))
    if full and naive and full.cpu and naive.cpu:
        factor = f"{number(naive.value / full.value)} × ({number(naive.cpu / full.cpu)} × in processor time)"
        found.append(_row("the scan beside the naive way", f"{SMALL:,}", f"{factor} faster", str(naive.load), "–", "–"))
    return found


def limits(figures: Figures, verdicts: Verdicts, where: str, most: dict[str, dict[int, float | None]]) -> list[str]:
    """Figures that only have to be small enough: name -> people (or rows) -> limit."""
    found = _head("", "people", "measured", "load", "target", "")
    for name, by_size in most.items():
        for people, limit in by_size.items():
            figure = figures.get(people, where, name)
            if figure is not None:
                verdict = verdicts.judge(f"{name}, {people:,}, {figure.unit}", figure.value, limit, cpu=figure.cpu)
                shown = "–" if limit is None else f"≤ {limit:g} {figure.unit}"
                measured = told(figure) + (f", {figure.note}" if figure.note else "")
                found.append(_row(name, f"{people:,}", measured, str(figure.load), shown, verdict))
    return found


def beside(figures: Figures, verdicts: Verdicts) -> list[str]:
    """Peers and how many times faster the ledger is.

    Judged by the lower of clock and processor time: the best of ten short answers dodges other work, a long one cannot.
    A rebuild is long on either side, and what the library's default costs is a commit an event, which is waiting and
    not computing: it is judged by the clock, with the processor time beside it.
    """
    ours = "on_roll of every unit alone, {}, beside {}"
    found = _head("peer", "its ms", "ledger, new day", "×", "ledger, again", "×", "all measures", "×", "target", "")
    for peer, ratio in RATIOS.items():
        days = [
            figures.get(SMALL, "sqlite", ours.format(name, peer))
            for name in ("a day not asked about before", "the same days again", "the same days again, all measures")
        ]
        for way in ("on_roll", "grouped"):
            figure = figures.get(SMALL, peer, way)
            if figure is None or None in days:
                continue
            times = [figure.value / one.value for one in days if one]
            steady = [(figure.cpu or 0) / (one.cpu or 1) for one in days if one]
            told_times = [f"{number(factor)} ({number(cpu)})" for factor, cpu in zip(times, steady, strict=True)]
            cells = [cell for one, factor in zip(days, told_times, strict=True) for cell in (_cell(one), factor)]
            name = peer + (", counted by the database" if way == "grouped" else "")
            verdict = verdicts.judge(f"{name}: times faster", min(times[1], steady[1]), ratio, least=True)
            found.append(_row(name, _cell(figure), *cells, f"≥ {ratio}", verdict))
    mine = figures.get(SMALL, "sqlite", "rebuild, beside the library")
    for peer, (shown_name, ratio) in RUNNERS.items():
        library = figures.get(SMALL, peer, "rebuild")
        if mine and library:
            factor = mine.value / library.value
            steady_factor = mine.cpu / library.cpu if mine.cpu and library.cpu else None
            name = "rebuild: times faster than the library's runner"
            verdict = verdicts.judge(name, factor, ratio, least=True)
            shown = number(factor) + ("" if steady_factor is None else f" ({number(steady_factor)})")
            cells = (told(library), told(mine), shown, "", "", "", "")
            found.append(_row(shown_name, *cells, "–" if ratio is None else f"≥ {ratio}", verdict))
    return found


def memory(figures: Figures, verdicts: Verdicts) -> list[str]:
    """Peak memory of each command."""
    found = _head("command", "10,000: MB", "time", "target", "", "100,000: MB", "time", "target", "")
    names = dict.fromkeys(one.name for one in figures if one.name.startswith("memory: "))
    for name in names:
        kind, _, command = name.removeprefix("memory: ").rpartition(": ")
        is_question = kind == "question"
        cells = []
        for people, limit in ((SMALL, QUESTION_SMALL if is_question else None), (BIG, ANY_COMMAND)):
            figure = figures.get(people, "sqlite", name)
            verdict = verdicts.judge(f"memory of {command}, {people:,} people, MB", figure and figure.value, limit)
            told_limit = "–" if limit is None else f"≤ {limit:,.0f}"
            cells += [_cell(figure), figure.note if figure else "–", told_limit, verdict]
        found.append(_row(command, *cells))
    return found


def starts(figures: Figures, verdicts: Verdicts) -> list[str]:
    """Seconds from the shell."""
    found = _head("command", "best / median s", "load", "target", "")
    for name, limit in STARTS.items():
        figure = figures.get(0, "sqlite", name)
        if figure is not None:
            verdict = verdicts.judge(f"{name}, s", figure.value, limit, cpu=figure.cpu)
            shown = "–" if limit is None else f"≤ {limit}"
            found.append(_row(f"`{name}`", _cell(figure), str(figure.load), shown, verdict))
    return found
