"""The 28 points of the screens' rubric, each from a run: `make rubric` (research of the screens, part 4).

    python -m benchmarks.rubric [--keep DIR] [--write FILE]

Points with a figure are measured now in a pseudo-terminal, on the ledgers of the benchmarks (made once, kept in DIR).
Every other point is the tests named beside it, run now. What was judged by eye names the captures that were looked at;
the tests hold them. A point that nothing covers fails.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET  # our own file

from benchmarks import ledgers, measuring, screens

ROOT = Path(__file__).resolve().parents[1]
Figures = Sequence[dict[str, Any]]
MANDATORY = {10, 11, 13, 20, 21, 22}


@dataclass(frozen=True, slots=True)
class Point:
    """`tests`: parts of names of tests; all that match must pass, and each part must match one.

    `figure`: whether a measured figure is good, and its words; `capture`: the files that were judged by eye.
    """

    number: int
    text: str
    tests: tuple[str, ...] = ()
    figure: Callable[[Figures], tuple[bool, str]] | None = None
    missing: str = ""
    capture: str = ""


EYE = "tests/tui/goldens"
COMMAND = "python -m benchmarks.screens"


def _of(figures: Figures, place: int, told: Callable[[dict[str, Any]], tuple[bool, str]]) -> tuple[bool, str]:
    if place >= len(figures):
        return False, "not measured"
    good, words = told(figures[place])
    return good, f"{words} (load {figures[place]['load_1min']}): {COMMAND} {figures[place]['ledger']}"


def _at_most(place: int, limit: float, unit: str, *path: str) -> Callable[[Figures], tuple[bool, str]]:
    def told(figures: dict[str, Any]) -> tuple[bool, str]:
        value: Any = figures
        for key in path:
            value = value[key]
        return 0 < value <= limit, f"{value} {unit}, limit {limit:g}"  # nothing at all was not measured

    return lambda figures: _of(figures, place, told)


ALERTS = (
    "alert_is_acknowledged",
    "snoozed",
    "overdue_loan_is_resolved",
    "a_letter_is_written",
    "counts_the_alerts_as_the_command_line",
)
POINTS = (
    Point(1, "Start to a usable list, 10 k people, worst", (), _at_most(0, 1.5, "s", "start_to_list_s", "worst")),
    Point(2, "New date with 100 k people", (), _at_most(1, 500, "ms", "new_date_complete", "p50_ms")),
    Point(3, "New date with 1 M people <= 2 s", missing="no ledger of 1 M people was measured"),
    Point(4, "Row down, first byte", (), _at_most(1, 50, "ms", "row_down_first_byte", "p50_ms")),
    Point(5, "Row down, bytes", (), _at_most(1, 2048, "bytes", "row_down_bytes", "p50")),
    Point(6, "Form visible", (), _at_most(1, 250, "ms", "form_complete", "p50_ms")),
    Point(7, "Secondment <= 22 keys, the next <= 6", ("first_secondment_takes_at_most_22_keys",)),
    Point(8, "Nothing needs a bare letter", ("no_command_is_a_bare_letter",)),
    Point(9, "Full-width keys", ("also_in_full_width", "month_before_has_other_numbers")),
    Point(10, "Cursor of the terminal on the caret", ("terminal_cursor_stands", "terminals_cursor_is_where")),
    Point(
        11,
        "Names whole and columns straight",
        ("name_is_shown_literally", "no_line_is_wider", "list_fits"),
        capture=EYE,
    ),
    Point(12, "No uncertain width; plain signs", ("no_line_is_wider", "plain_signs", "width_of_a_box_line")),
    Point(13, "Every status is a word", ("screen_is_as_it_was_found_good",), capture=EYE),
    Point(14, "All actions in the palette, three names", ("command_of_the_palette", "three_names", "both_languages")),
    Point(15, "Every key acts", ("every_active_key_leads",)),
    Point(16, "The mouse", ("a_click_points", "click_on_a_title", "the_wheel_scrolls")),
    Point(17, "Windows of any size", ("small_window_says_so",)),
    Point(18, "Both dates; history tagged", ("screen_is_as_it_was_found_good", "tagged_as_history"), capture=EYE),
    Point(19, "Preview of every touched unit; errors block", ("preview_shows_every", "refusal_stands_at")),
    Point(20, "No single key changes data", ("enter_on_every_field", "ctrl_z_opens", "two_quick_ctrl_s")),
    Point(21, "Killed programs leave drafts", ("killed_program_leaves",)),
    Point(22, "Faults without personal data", ("fault_is_logged_without", "question_that_fails")),
    Point(23, "Read only: refused with the reason", ("can_only_be_read_refuses", "nothing_is_recorded_from_the_past")),
    Point(24, "Busy or conflict: the form is kept", ("busy_ledger_is_told", "conflicting_entry_keeps")),
    Point(25, "Replay: entries behind every difference", ("late_entry_explains", "stepping_one", "chain_is_checked")),
    Point(26, "Alerts: known, put off, resolved, letter; the count is the command line's", ALERTS),
    Point(27, "Exports twice the same; a copy has columns", ("written_twice_is_the_same", "a_copy_holds_them_all")),
    Point(28, "Keys can be changed, clashes told", ("key_is_chosen", "key_that_others_need", "keys_of_the_file")),
)


def run_tests() -> dict[str, bool]:
    """Test -> whether it passed."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", "tests/tui"]
        subprocess.run(command, cwd=ROOT, check=False, stdout=sys.stderr)
        cases = ET.parse(report).iter("testcase")  # noqa: S314  pytest wrote it a moment ago
        return {f"{case.get('classname')}::{case.get('name')}": not list(case) for case in cases}


def judged(point: Point, figures: Figures, results: dict[str, bool]) -> tuple[bool, str]:
    """Whether a point is reached, and by what."""
    if point.missing:
        return False, point.missing
    if point.figure is not None:
        return point.figure(figures)
    found = [passed for name, passed in results.items() if any(part in name for part in point.tests)]
    unmatched = [part for part in point.tests if not any(part in name for name in results)]
    if unmatched:
        return False, f"no test named {', '.join(unmatched)}"
    told = " or ".join(point.tests)
    looked = f"; captures looked at: {point.capture}" if point.capture else ""
    return all(found), f"{sum(found)} of {len(found)} tests: pytest tests/tui -k '{told}'{looked}"


def measure(place: Path) -> Figures:
    """The figures of the ledgers with 10,000 and 100,000 people."""
    kept = [ledgers.kept(place, people, measuring.Figures(None, "")) for people in (10_000, 100_000)]
    return [screens.measured(str(one.path), 5, 40) for one in kept]


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, default=ledgers.folder())
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    asked.keep.mkdir(parents=True, exist_ok=True)
    figures = measure(asked.keep)
    results = run_tests()
    told = [(point, *judged(point, figures, results)) for point in POINTS]
    lines = [f"{'PASS' if good else 'FAIL'} {point.number:2} {point.text}: {words}" for point, good, words in told]
    missed = sorted(point.number for point, good, _words in told if not good and point.number in MANDATORY)
    lines.append(f"{sum(good for _point, good, _words in told)} of 28; mandatory points missed: {missed or 'none'}")
    print("\n".join(lines))
    if asked.write:
        text = "# The screens' rubric, last run\n\n" + "".join(f"    {line}\n" for line in lines)
        asked.write.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
