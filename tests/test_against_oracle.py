"""Random legal and illegal entries, recorded by the application and judged by the oracle; then random questions.

The oracle (tests/oracle) shares no code with the ledger and answers by scanning all entries. What an example does is
drawn step by step, so that a failure shrinks to a short history.
"""

from __future__ import annotations

import random
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import create_engine, make_url

from ledger.bootstrap import Ledger, create_ledger, open_ledger
from ledger.projections import catching_up, checkpoints, frontier, tally, writer
from tests.oracle.shape import Entry
from tests.oracle_entries import Generator
from tests.twins import CURVES, STATUSES, Twins, disagreement, record, the_day_of_recording

DICE = st.integers(0, 2**20)


class Histories(RuleBasedStateMachine):
    """One oracle and one ledger that two programs hold open, as two officers do."""

    new_url: Callable[[], str]

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.url = type(self).new_url()
        self.ledgers = [self.open.enter_context(create_ledger(self.url, officer="one", clock=the_day_of_recording))]
        self.ledgers.append(self.another_program())

    def another_program(self) -> Ledger:
        return self.open.enter_context(open_ledger(self.url, officer="two", clock=the_day_of_recording))

    @initialize(seed=DICE)
    def begin(self, seed: int) -> None:
        self.generator = Generator(seed)
        self.twins = Twins(self.generator.oracle)
        self.tell(0, len(self.generator.waiting), random.Random(seed))

    @rule(writer=st.integers(0, 1), count=st.integers(1, 5), dice=DICE)
    def record(self, writer: int, count: int, dice: int) -> None:
        self.tell(writer, count, random.Random(dice))

    def tell(self, writer: int, count: int, dice: random.Random) -> None:
        """Some entries in one write transaction, each made from what the oracle knows by then."""
        self.generator.random = dice
        entries: list[Entry] = []
        verdicts = []
        for _ in range(count):
            entry = self.generator.next_entry()
            verdict = self.generator.oracle.record(entry)
            self.generator.remember(entry, verdict)
            entries.append(entry)
            verdicts.append(verdict)
        answers = record(self.ledgers[writer], entries)
        for entry, verdict, answer in zip(entries, verdicts, answers, strict=True):
            difference = disagreement(verdict, answer)
            assert difference is None, f"{entry}: {difference}"

    @precondition(lambda self: self.twins.newest)
    @rule(reader=st.integers(0, 1), dice=DICE)
    def ask(self, reader: int, dice: int) -> None:
        chance = random.Random(dice)
        twins, p = self.twins, self.twins.perspective(chance)
        twins.ledger = self.ledgers[reader]
        differences = twins.ask_whole(p) + twins.ask_secondments(p, None)
        for unit in chance.sample(twins.units(), 2):
            differences += twins.ask_unit(p, unit)
            differences += twins.ask_roster(p, unit, chance.sample(STATUSES, 3))
            differences += twins.ask_secondments(p, unit)
            differences += twins.ask_curve(p, unit, chance)
            differences += twins.ask_bridge(p, twins.perspective(chance), unit, chance)
            measure, own = chance.choice(CURVES), chance.random() < 0.5
            differences += twins.ask_explained(p, unit, measure, own=own)
        for person in chance.sample(twins.people(), min(2, len(twins.people()))):
            differences += twins.ask_person(p, person)
        assert differences == [], differences[:3]

    @rule()
    def start_again(self) -> None:
        """A program that has just been started remembers nothing."""
        self.ledgers[1].close()
        self.ledgers[1] = self.another_program()

    @rule(by=st.integers(0, 1))
    def rebuild(self, by: int) -> None:
        """Read tables kept in step are those made anew, and the other program goes on with the new ones."""
        assert self.ledgers[by].verify().to_json()["ok"]
        self.ledgers[by].rebuild()

    def teardown(self) -> None:
        try:
            if self.twins.newest:
                self.rebuild(0)
                self.ask(0, self.twins.newest)
        finally:
            self.open.close()


def run(new_url: Callable[[], str], examples: int, steps: int) -> None:
    class Here(Histories):
        pass

    Here.new_url = staticmethod(new_url)
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
            print_blob=False,
        ),
    )


@pytest.fixture
def new_file(tmp_path: Path) -> Callable[[], str]:
    """Paths of files that do not exist yet, one example's after the other's."""

    def new_url() -> str:
        shutil.rmtree(tmp_path / "example", ignore_errors=True)
        (tmp_path / "example").mkdir()
        return str(tmp_path / "example" / "ledger.db")

    return new_url


@contextmanager
def many_checkpoints() -> Iterator[None]:
    """Short histories with as many checkpoints, late entries and far questions as long ones have."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (frontier, tally, writer):
            patch.setattr(module, "BLOCK", 6)
        patch.setattr(catching_up, "EVERY", 8)
        patch.setattr(checkpoints, "NEAR", 5)
        yield


@pytest.mark.slow
def test_histories_on_sqlite(new_file: Callable[[], str]) -> None:
    run(new_file, examples=12, steps=25)


@pytest.mark.slow
def test_histories_with_many_checkpoints(new_file: Callable[[], str]) -> None:
    with many_checkpoints():
        run(new_file, examples=12, steps=25)


@pytest.mark.slow
@pytest.mark.postgres
def test_histories_on_postgresql(postgres_server: str) -> None:
    with schemas(postgres_server) as new_url:
        run(new_url, examples=5, steps=20)


@contextmanager
def schemas(server: str) -> Iterator[Callable[[], str]]:
    """Addresses of empty schemas, all dropped in the end."""
    url = make_url(server).set(drivername="postgresql+psycopg")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    made: list[str] = []

    def new_url() -> str:
        made.append(f"test_{secrets.token_hex(6)}")
        with admin.connect() as conn:
            conn.exec_driver_sql(f"CREATE SCHEMA {made[-1]}")
        own = url.set(drivername="postgresql").update_query_dict({"options": f"-csearch_path={made[-1]}"})
        return own.render_as_string(hide_password=False)

    try:
        yield new_url
    finally:
        with admin.connect() as conn:
            for schema in made:
                conn.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
        admin.dispose()
