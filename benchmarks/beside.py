"""The same question to the ledger and to its peers, in one run, with equal answers.

How many people are on the own roll of every unit on a day. Each peer is asked in a process of its own, since some of
them change what they are built upon; the ledger is asked anew before each. `python -m benchmarks.beside` is how a run
starts such a process.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.generator import END
from benchmarks.history import Counts, History, changes_of, own_columns, own_on_roll
from benchmarks.measuring import ROUNDS, Figures, clock, summed, times
from ledger.bootstrap import Ledger, open_ledger
from ledger.domain.time import Day, Perspective
from ledger.queries.view import View

PEERS = ("library_aggregates", "simple_history", "continuum")
QUESTION = "on_roll of every unit alone"


def beside(path: Path, people: int, scratch: Path, figures: Figures) -> None:
    """Measure all peers on the history of one ledger."""
    rng = Random(7)
    days = [rng.randrange(date(1998, 1, 1).toordinal(), END.toordinal()) for _ in range(ROUNDS)]
    saved = scratch / "history.pickle"
    with open_ledger(str(path)) as ledger:
        newest = ledger.perspective().known_at
        answers = [_asked(ledger, day, newest, own_on_roll) for day in days]
        if answers != [_asked(ledger, day, newest, own_columns) for day in days]:
            raise SystemExit("the ledger's two ways to count disagree")
        history = History(changes_of(ledger), list(zip(days, answers, strict=True)))
        history.save(saved)
        figures.add(people, "peers", "changes given to the peers", len(history.changes), "changes")
        for peer in PEERS:
            _ours(ledger, days, people, peer, figures)
            _peer(people, peer, saved, scratch, figures)
        with clock() as spent:
            ledger.rebuild()
        figures.add(
            people, "sqlite", "rebuild, beside the library", newest / spent[0], "entries/s", cpu=newest / spent[1]
        )
    for peer, given in {"library_runner": saved, "library_runner_tables": path}.items():
        found = _apart(peer, given, scratch)
        figures.add(people, peer, "rebuild", found["rate"], "entries/s", cpu=found["cpu rate"])
    saved.unlink()


def _ours(ledger: Ledger, days: list[Day], people: int, peer: str, figures: Figures) -> None:
    """The ledger's own times: days never asked about before, the same days again, and with all other measures."""
    p = ledger.perspective()
    newest = p.known_at
    with ledger.view(p) as view:
        view.shape.trees.clear()
        view.shape.kept.clear()
    for name, question in {
        "a day not asked about before": own_on_roll,
        "the same days again": own_on_roll,
        "the same days again, all measures": own_columns,
    }.items():
        found = times(lambda turn: _asked(ledger, days[turn], newest, question))  # noqa: B023  asked at once
        figures.add(people, "sqlite", f"{QUESTION}, {name}, beside {peer}", unit="ms", **found._asdict())


def _asked(ledger: Ledger, day: Day, newest: int, question: Callable[[View], Counts]) -> Counts:
    with ledger.view(Perspective(date.fromordinal(day), newest)) as view:
        return question(view)


def _peer(people: int, peer: str, saved: Path, scratch: Path, figures: Figures) -> None:
    found = _apart(peer, saved, scratch)
    for name, spent in found["spent"].items():
        figures.add(people, peer, name, unit="ms", **summed(spent)._asdict())
    figures.add(people, peer, "loaded in bulk", found["loaded"], "s")


def _apart(peer: str, saved: Path, scratch: Path) -> dict[str, object] | object:
    command = [sys.executable, "-m", "benchmarks.beside", peer, str(saved), str(scratch)]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _ask(peer: str, saved: Path, scratch: Path) -> dict[str, object]:
    """In the peer's own process: load, ask, compare. `saved`: the history, or what the peer projects instead."""
    module = importlib.import_module(f"benchmarks.peers.{peer}")
    with TemporaryDirectory(dir=scratch) as folder:
        if hasattr(module, "measure"):
            found: dict[str, object] = module.measure(Path(folder), saved)
            return found
        history = History.load(saved)
        with clock() as loading:
            asked = module.Peer(Path(folder), history)
        spent: dict[str, list[list[float]]] = {}
        for name in ("on_roll", "grouped"):
            question = getattr(asked, name, None)
            for day, answer in history.asked[: asked.rounds] if question else ():
                with clock() as seconds:
                    found = question(day)
                if found != answer:
                    raise SystemExit(f"{asked.name} gives another answer for {date.fromordinal(day)}")
                spent.setdefault(name, []).append(seconds)
    return {"spent": spent, "loaded": loading[0]}


if __name__ == "__main__":
    print(json.dumps(_ask(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
