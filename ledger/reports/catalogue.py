"""The registers by name, and the forms each can take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from ledger.locale import N_
from ledger.reports.model import Making, Register

MAKING: Mapping[str, tuple[str, str]] = {
    "establishment": ("posts", N_("posts, people and vacancies of every unit, and how the numbers came about")),
    "vacancies": ("posts", N_("vacant and exceeded posts, with a chart")),
    "secondments": ("away", N_("who is lent and who is borrowed, with what ended in the period")),
    "overdue": ("away", N_("overdue secondments to be settled, with the rules that hold")),
    "monthly": ("moves", N_("who came and went in a month, with the sum that must close")),
    "departures": ("moves", N_("who no longer holds a post, since the first day of the period")),
    "retirements": ("people", N_("who reaches the statutory retirement date, and the vacancies then")),
    "whereabouts": ("people", N_("where everybody works, to print and hang up")),
}
"""Name -> the module that makes it, and what it is."""
FORMS = (".xlsx", ".csv", ".html", ".docx", ".pdf", ".json")


def maker(name: str) -> Making:
    """What makes a register. Raises KeyError."""
    import importlib

    module = importlib.import_module(f"ledger.reports.{MAKING[name][0]}")
    made: Making = getattr(module, name)
    return made


def write(register: Register, form: str, file: IO[bytes], fonts: Path | None = None) -> None:
    """Write a register in one of FORMS; `fonts`: a folder of typefaces for a PDF. Raises WrongUsage, OSError."""
    if form == ".pdf":
        from ledger.reports.press import write_pdf

        write_pdf(file, register, fonts)
    else:
        _writer(form)(file, register)


def _writer(form: str) -> Callable[[IO[bytes], Register], None]:
    if form in (".xlsx", ".csv"):
        from ledger.reports.sheet import write_csv, write_xlsx

        return write_xlsx if form == ".xlsx" else write_csv
    if form == ".html":
        from ledger.reports.page import write_html

        return write_html
    if form == ".docx":
        from ledger.reports.paper import write_docx

        return write_docx
    return _write_json


def _write_json(file: IO[bytes], register: Register) -> None:
    import json

    file.write(json.dumps(register.to_json(), ensure_ascii=False, indent=1).encode("utf-8") + b"\n")
