"""Telling people: by a web service on this machine, and by files in a folder."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ledger.bootstrap import Ledger
from ledger.jobs.channels import Channels
from ledger.jobs.notify import Notifier
from ledger.jobs.scheduler import Service
from ledger.persistence.deliveries import Delivery, deliveries
from ledger.settings import BadValue, Recipient, recipients
from tests.jobs.makers import DAILY, PAPER, Clock, alerts, office
from tests.queries.makers import hire, loan, on, record

TOKEN = "s3cret-t0ken"  # noqa: S105  made up


class Server(ThreadingHTTPServer):
    """Takes JSON messages and answers as told; what it got is in `bodies`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies: list[dict[str, Any]] = []
        self.answer = 200

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self.server_address[1]}/hook?+X-Token={TOKEN}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.answer == 200:
            self.server.bodies.append(json.loads(body))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def clock() -> Clock:
    return Clock("2023-07-03T09:00:00")


@pytest.fixture
def ledger(ledger_url: str, clock: Clock) -> Iterator[Ledger]:
    with office(ledger_url, clock) as made:
        yield made


class Office:
    """A service with recipients, and the clock that moves it."""

    def __init__(self, ledger: Ledger, clock: Clock, folder: Path, server: Server | None, *to: Recipient) -> None:
        self.ledger, self.clock = ledger, clock
        self.environment = {} if server is None else {"HOOK": server.address}
        self.service = Service(ledger, DAILY, now=clock)
        channels = Channels(folder, self.environment)
        holder, seconds = self.service.lease.holder, DAILY.lease_seconds
        self.notifier = Notifier(ledger, to, channels, holder, seconds, clock)
        self.service.after = self.notifier.run

    def look(self, now: str) -> list[Delivery]:
        self.clock.set(now)
        assert self.service.once()
        return self.messages()

    def messages(self) -> list[Delivery]:
        with self.ledger.store.read() as conn:
            return deliveries(conn)


def kinds(messages: list[Delivery]) -> list[tuple[str, str, str, int]]:
    return [(one.recipient, one.unit, one.state, one.attempts) for one in messages]


HOOK = Recipient("组织部", ("C1",), severity="medium", url_env="HOOK")


def test_one_digest_for_each_recipient_and_unit(ledger: Ledger, clock: Clock, tmp_path: Path, server: Server) -> None:
    record(ledger, hire("P2", "T1"), {**loan("P2", "T2", "2023-03-01", None), **PAPER})
    both = Recipient("编办", ("T1", "T2"), url_env="HOOK")
    at = Office(ledger, clock, tmp_path, server, HOOK, both)
    found = at.look("2023-07-03T09:30:00")
    assert kinds(found) == [("组织部", "C1", "sent", 1), ("编办", "T1", "sent", 1), ("编办", "T2", "sent", 1)]
    assert [one.channel for one in found] == ["address"] * 3
    assert len(server.bodies) == 3
    told = {one.id: one for one in alerts(ledger)}
    assert all("C1" in told[number].units for number in found[0].alerts)
    assert {told[number].severity.value for number in found[0].alerts} <= {"medium", "high", "critical"}
    assert server.bodies[0]["title"] == found[0].title


def test_nothing_new_no_message(ledger: Ledger, clock: Clock, tmp_path: Path, server: Server) -> None:
    at = Office(ledger, clock, tmp_path, server, HOOK)
    at.look("2023-07-03T09:30:00")
    for day in (4, 5, 6):
        at.look(f"2023-07-0{day}T09:30:00")
    assert len(server.bodies) == 1


def test_the_next_message_tells_what_is_new(ledger: Ledger, clock: Clock, tmp_path: Path, server: Server) -> None:
    at = Office(ledger, clock, tmp_path, server, HOOK)
    first = at.look("2023-07-03T09:30:00")[0]
    record(ledger, hire("P2", "T1"), {**loan("P2", "C1", "2023-03-01", None), **PAPER})
    second = at.look("2023-07-04T09:30:00")[1]
    assert second.alerts
    assert not set(second.alerts) & set(first.alerts)


def test_what_is_acknowledged_or_gone_is_not_told(ledger: Ledger, clock: Clock, tmp_path: Path, server: Server) -> None:
    at = Office(ledger, clock, tmp_path, None)
    at.look("2023-07-03T09:30:00")
    everything = [one.id for one in alerts(ledger) if one.live]
    ledger.acknowledge(everything[:-1])
    later = Office(ledger, clock, tmp_path, server, Recipient("组织部", url_env="HOOK"))
    later.clock.set("2023-07-03T10:00:00")
    later.service.lease.take()
    later.notifier.run()
    assert later.messages()[0].alerts == (everything[-1],)


def test_people_are_named_only_where_the_office_wants_it(
    ledger: Ledger, clock: Clock, tmp_path: Path, server: Server
) -> None:
    discreet, open_ = (
        Recipient("甲", rules=frozenset({"overdue_secondment"}), url_env="HOOK", names=names) for names in (False, True)
    )
    open_ = Recipient("乙", rules=open_.rules, url_env="HOOK", names=True)
    messages = Office(ledger, clock, tmp_path, server, discreet, open_).look("2023-07-03T09:30:00")
    assert ["name of P1" in one.body for one in messages] == [False, True]
    assert [one.body.count("超期借调") for one in messages] == [1, 1]


def test_a_failed_message_is_tried_again_after_a_while_and_once_sent_never_again(
    ledger: Ledger, clock: Clock, tmp_path: Path, server: Server
) -> None:
    at = Office(ledger, clock, tmp_path, server, HOOK)
    server.answer = 500
    assert kinds(at.look("2023-07-03T09:30:00")) == [("组织部", "C1", "failed", 1)]
    assert ledger.status()["jobs"]["undelivered"] == 1
    assert "deliveries_failing" in ledger.status()["notes"]
    assert kinds(at.look("2023-07-03T09:30:30")) == [("组织部", "C1", "failed", 1)]
    assert kinds(at.look("2023-07-03T09:31:10")) == [("组织部", "C1", "failed", 2)]
    assert kinds(at.look("2023-07-03T09:32:20")) == [("组织部", "C1", "failed", 2)]
    server.answer = 200
    assert kinds(at.look("2023-07-03T09:33:20")) == [("组织部", "C1", "sent", 3)]
    at.look("2023-07-03T12:00:00")
    assert len(server.bodies) == 1
    assert ledger.status()["jobs"]["undelivered"] == 0


def test_a_message_cut_off_is_of_unknown_outcome_and_repeated_once(
    ledger: Ledger, clock: Clock, tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    at = Office(ledger, clock, tmp_path, server, HOOK)
    with monkeypatch.context() as patched:
        patched.setattr(Channels, "send", killed)
        for now in ("2023-07-03T09:30:00", "2023-07-03T10:30:00"):
            with pytest.raises(Killed):
                at.look(now)
    assert kinds(at.messages()) == [("组织部", "C1", "sending", 2)]
    found = at.look("2023-07-03T11:30:00")
    assert [(one.state, one.attempts, one.problem) for one in found] == [("unknown", 2, "cut_off")]
    at.look("2023-07-03T12:30:00")
    assert server.bodies == []


def test_a_message_cut_off_once_arrives_by_its_repetition(
    ledger: Ledger, clock: Clock, tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = Office(ledger, clock, tmp_path, server, HOOK)
    with monkeypatch.context() as patched:
        patched.setattr(Channels, "send", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            at.look("2023-07-03T09:30:00")
    found = at.look("2023-07-03T10:30:00")
    assert [(one.state, one.attempts, one.repeated) for one in found] == [("sent", 2, True)]
    at.look("2023-07-03T11:30:00")
    assert len(server.bodies) == 1


def test_without_an_address_a_message_is_a_file_of_its_owner(ledger: Ledger, clock: Clock, tmp_path: Path) -> None:
    folder = tmp_path / "deliveries"
    found = Office(ledger, clock, folder, None, Recipient("编办")).look("2023-07-03T09:30:00")
    assert [(one.state, one.channel) for one in found] == [("sent", "folder")]
    path = folder / "000001.txt"
    assert path.stat().st_mode & 0o777 == 0o600
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"编办\n{found[0].title}\n\n")
    assert "name of P1" not in text


def test_without_the_extra_too(
    ledger: Ledger, clock: Clock, tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.jobs.channels.find_spec", lambda _name: None)
    found = Office(ledger, clock, tmp_path, server, HOOK).look("2023-07-03T09:30:00")
    assert [(one.state, one.channel) for one in found] == [("sent", "folder")]
    assert server.bodies == []


@pytest.mark.parametrize(
    ("environment", "problem"), [({}, "no_address"), ({"HOOK": "nonsense://x"}, "bad_address")], ids=["missing", "bad"]
)
def test_an_address_that_cannot_be_used_is_a_failure_that_is_told(
    ledger: Ledger, clock: Clock, tmp_path: Path, environment: dict[str, str], problem: str
) -> None:
    at = Office(ledger, clock, tmp_path, None, HOOK)
    at.environment.update(environment)
    found = at.look("2023-07-03T09:30:00")
    assert [(one.state, one.problem) for one in found] == [("failed", problem)]


def test_no_address_and_no_name_in_the_log_or_the_ledger(
    ledger: Ledger, clock: Clock, tmp_path: Path, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.answer = 500
    named = Recipient("组织部", url_env="HOOK", names=True)
    found = Office(ledger, clock, tmp_path, server, named).look("2023-07-03T09:30:00")
    ours = "\n".join(line.getMessage() for line in caplog.records if line.name.startswith(("ledger", "apprise")))
    assert "message 1 to 组织部" in ours
    assert "name of P1" not in ours
    assert TOKEN not in ours
    assert TOKEN not in str(found)


def test_only_the_holder_of_the_lease_sends(ledger: Ledger, clock: Clock, tmp_path: Path, server: Server) -> None:
    at = Office(ledger, clock, tmp_path, server, HOOK)
    at.service.lease.take()
    at.service._work.run()
    with Office(ledger, clock, tmp_path, server).ledger.store.write() as unit:
        from ledger.persistence.jobs import release_lease, take_lease

        release_lease(unit, at.service.lease.holder)
        assert take_lease(unit, "other", 60)
    at.notifier.run()
    assert server.bodies == []
    assert at.messages() == []


def test_a_unit_that_does_not_exist_holds_nobody_else_up(
    ledger: Ledger, clock: Clock, tmp_path: Path, server: Server
) -> None:
    wrong = Recipient("甲", ("C9",), url_env="HOOK")
    assert kinds(Office(ledger, clock, tmp_path, server, wrong, HOOK).look("2023-07-03T09:30:00")) == [
        ("组织部", "C1", "sent", 1)
    ]


def test_a_graver_alert_is_news(ledger: Ledger, clock: Clock, tmp_path: Path, server: Server) -> None:
    overdue = Recipient("组织部", rules=frozenset({"overdue_secondment"}), url_env="HOOK")
    at = Office(ledger, clock, tmp_path, server, overdue)
    at.look("2023-07-03T09:30:00")
    at.look("2023-07-30T09:30:00")
    assert ["中 1" in server.bodies[0]["title"], "高 1" in server.bodies[1]["title"]] == [True, True]


def test_a_return_is_no_news(ledger: Ledger, clock: Clock, tmp_path: Path, server: Server) -> None:
    at = Office(ledger, clock, tmp_path, server, HOOK)
    at.look("2023-07-03T09:30:00")
    record(ledger, on("2023-07-03", "secondment_ended", person="P1"))
    at.look("2023-07-04T09:30:00")
    assert len(server.bodies) == 1


# ---------------------------------------------------------------- settings


def test_recipients_of_the_settings() -> None:
    told = [
        {"name": "甲", "unit": "C1", "rules": ["over_quota"], "severity": "high", "url_env": "HOOK", "names": True},
        {"name": "乙", "units": ["C1", "C2"]},
    ]
    assert recipients(told) == (
        Recipient("甲", ("C1",), frozenset({"over_quota"}), "high", "HOOK", names=True),
        Recipient("乙", ("C1", "C2")),
    )
    assert recipients(None) == ()


@pytest.mark.parametrize(
    "tables",
    [
        {},
        [{"unit": "C1"}],
        [{"name": "甲"}, {"name": "甲"}],
        [{"name": "甲", "severity": "grave"}],
        [{"name": "甲", "url_env": "json://x"}],
        [{"name": "甲", "url": "json://x"}],
        [{"name": "甲", "names": "yes"}],
        [{"name": "甲", "units": [1]}],
    ],
)
def test_recipients_that_cannot_be_used_are_refused(tables: Any) -> None:
    with pytest.raises(BadValue):
        recipients(tables)
