"""The cases of tests/findings: movements in, findings expected, in lines that an officer can read.

    given                                   entries that every case of the file begins with
    about SUBJECT                           whom questions are about that do not say it
    rule CODE NAME                          the rule that questions are about that do not name another
    case SENTENCE
    DATE TYPE key=value ...                 an entry; `a.b=c` is a key inside another
    reversed ID                             an entry taken back
    ? DATE [RULE] ANSWER [about SUBJECT] [with key=value ...]

ANSWER is `false`, `SEVERITY since DATE` or `unknown INPUT`, as known once the lines above it are recorded; `with` names
evidence. Every question is asked in its place, and once more, as known then, when all is recorded and rebuilt.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ledger.domain.findings.finding import RULES
from tests.queries.makers import Entry

FOLDER = Path(__file__).parent / "findings"


@dataclass(frozen=True)
class Question:
    """`after`: how many entries are recorded by then. `unknown`: the input that is missing."""

    day: str
    rule: str
    subject: str
    after: int
    answer: str
    unknown: str | None
    evidence: dict[str, str]

    @property
    def place(self) -> tuple[str, str, str]:
        """What is asked, whatever is known."""
        return (self.rule, self.subject, self.day)


@dataclass
class Case:
    """One case; `entries` include those given."""

    rule: str
    text: str
    entries: list[Entry]
    questions: list[Question] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.rule}: {self.text}"


def cases() -> list[Case]:
    """Every case of every file."""
    return [case for path in sorted(FOLDER.glob("*.txt")) for case in _cases(path)]


def _cases(path: Path) -> Iterator[Case]:
    given: list[Entry] = []
    about = rule = ""
    case: Case | None = None
    for line in path.read_text("utf-8").splitlines():
        word, _, rest = line.partition(" ")
        if word in ("case", "rule") and case is not None:
            yield case
            case = None
        match word:
            case "" | "#" | "given":
                pass
            case "about":
                about = rest
            case "rule":
                rule = rest.split()[0]
            case "case":
                case = Case(rule, rest, list(given))
            case "?":
                assert case is not None, line
                case.questions.append(_question(rest, rule, about, len(case.entries)))
            case _:
                (given if case is None else case.entries).append(_entry(line))
    if case is not None:
        yield case


def _entry(line: str) -> Entry:
    first, word, *pairs = line.split()
    if first == "reversed":
        return {"type": "reversed", "entry": word, "reason": "记错"}
    entry: Entry = {"type": word, "effective_on": first}
    for pair in pairs:
        name, _, value = pair.partition("=")
        outer, dot, inner = name.partition(".")
        (entry.setdefault(outer, {}) if dot else entry)[inner or outer] = _value(value)
    if word == "hired":
        entry.setdefault("name", entry["person"])
    return entry


def _value(text: str) -> Any:
    """JSON where it is such, else text as it stands: a date, a code, a document's number."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _question(text: str, rule: str, about: str, after: int) -> Question:
    text, _, told = text.partition(" with ")
    text, _, subject = text.partition(" about ")
    day, *words = text.split()
    if words[0] in RULES:
        rule, *words = words
    evidence = dict(pair.partition("=")[::2] for pair in told.split())
    unknown = words[1] if words[0] == "unknown" else None
    return Question(day, rule, subject or about, after, " ".join(words), unknown, evidence)
