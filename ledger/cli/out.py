"""Answers go to stdout, everything said about them to stderr (spec 2.1)."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from ledger.cli.tables import Table
from ledger.cli.text import safe_json, shown
from ledger.locale import _

Progress = Callable[[int, int], None]


class AnswerLost(Exception):
    """The command did its work, but stdout did not take the answer. `detail`: what the system says."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


def ready_streams() -> None:
    """A character that the terminal's encoding lacks is written as an escape instead of ending the command.

    Streams that were closed stay closed, but their numbers are taken, so that no file opened later gets them.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


class ReaderGone(Exception):
    """Whoever read stdout has closed it, as `head` does."""


@contextmanager
def _delivering() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise ReaderGone from None  # click would end the process on its own terms
    except OSError as error:
        raise AnswerLost(error.strerror or str(error)) from error


def document(answer: dict[str, Any]) -> None:
    """One JSON document on stdout, in UTF-8 whatever the locale says."""
    import json

    indent = 2 if interactive(sys.stdout) else None
    text = safe_json(json.dumps(answer, ensure_ascii=False, indent=indent))
    with stdout_bytes() as stream:
        stream.write(text.encode() + b"\n")


def long_document(key: str, rows: Iterable[dict[str, Any]], **before: int) -> None:
    """As `document` of numbers and then one list, row by row: however many rows there are, none of them is kept."""
    import json
    from textwrap import indent

    shown = interactive(sys.stdout)
    keys = [*(f'"{name}": {number}' for name, number in before.items()), f'"{key}": [']
    begin, end = ("{\n  " + ",\n  ".join(keys), "]\n}\n") if shown else ("{" + ", ".join(keys), "]}\n")
    with stdout_bytes() as stream:
        stream.write(begin.encode())
        between = b""
        for row in rows:
            text = safe_json(json.dumps(row, ensure_ascii=False, indent=2 if shown else None))
            stream.write(between + (f"\n{indent(text, '    ')}" if shown else text).encode())
            between = b"," if shown else b", "
        stream.write((f"\n  {end}" if shown and between else end).encode())


@contextmanager
def stdout_bytes() -> Iterator[IO[bytes]]:
    """Stdout for an answer that is a stream of bytes."""
    if sys.stdout is None:
        raise AnswerLost(os.strerror(errno.EBADF))
    with _delivering():
        sys.stdout.flush()
        stream = sys.stdout.buffer
        yield stream
        stream.flush()


def lines(text: Iterable[str]) -> None:
    """Lines of an answer for people. Data in them must have gone through `shown`."""
    if sys.stdout is None:
        raise AnswerLost(os.strerror(errno.EBADF))
    with _delivering():
        for line in text:
            click.echo(line)


def line(text: str) -> None:
    """One line of an answer for people."""
    lines([text])


def table(rows: Table, *, titled: bool = True) -> None:
    """A table, its titles in bold where the terminal shows colours; `titled`: not the rest of one begun before."""
    first, *others = rows.lines()
    lines([strong(first), *others] if titled else others)


def flush() -> None:
    """Hand over what is still buffered; raises ReaderGone or AnswerLost."""
    if sys.stdout is not None:
        with _delivering():
            sys.stdout.flush()


def give_up_stdout() -> None:
    """Nobody reads any more: what is still buffered goes nowhere, and the interpreter ends without a word."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def say(message: str) -> None:
    """A message to the officer, beside the answer."""
    with contextlib.suppress(OSError, ValueError):
        click.echo("\n".join(map(shown, message.split("\n"))), err=True)


def interactive(stream: IO[Any] | None) -> bool:
    """Whether somebody sits at the other end."""
    return stream is not None and stream.isatty()


def _coloured() -> bool:
    context = click.get_current_context(silent=True)
    plain = context is not None and getattr(context.obj, "no_color", False)
    return not plain and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and interactive(sys.stdout)


def strong(text: str) -> str:
    """Bold, where colours are shown."""
    return click.style(text, bold=True) if _coloured() else text


def alarming(text: str) -> str:
    """Red, where colours are shown."""
    return click.style(text, fg="red") if _coloured() else text


@contextmanager
def progress(label: str) -> Iterator[Progress | None]:
    """A bar on stderr for long work, fed with (done, total); nothing unless stderr is a terminal."""
    if not interactive(sys.stderr):
        yield None
        return
    with click.progressbar(length=1, label=_(label), file=sys.stderr) as bar:

        def step(done: int, total: int) -> None:
            bar.length = max(1, total)
            bar.update(done - bar.pos)

        yield step
