"""Help pages whose lines are broken by terminal cells, so that Chinese text fits too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import click

from ledger.cli.text import pad, width

_CLOSING = "，。；：、！？）》」』】”’…"
_TOKENS = re.compile(rf"\s+|[\u2e80-\uffff][{_CLOSING}]*|[^\s\u2e80-\uffff]+[{_CLOSING}]*")


def wrap(text: str, cells: int) -> Iterator[str]:
    """Lines of at most so many cells; between Chinese characters a line may break anywhere."""
    for number, paragraph in enumerate(re.split(r"\n\s*\n", text)):
        if number:
            yield ""
        line, used = "", 0
        for token in _TOKENS.findall(" ".join(paragraph.split())):
            size = width(token)
            if used + size > cells and line.strip():
                yield line.rstrip()
                line, used = "", 0
            if line or not token.isspace():
                line, used = line + token, used + size
        yield line.rstrip()


class Formatter(click.HelpFormatter):
    """Writes text and definition lists in cells."""

    def write_text(self, text: str) -> None:
        """Paragraphs."""
        indent = " " * self.current_indent
        for line in wrap(text, self.width - self.current_indent):
            self.write(f"{indent}{line}".rstrip() + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Terms on the left, what they mean on the right."""
        listed = list(rows)
        column = min(max((width(first) for first, _second in listed), default=0), col_max) + col_spacing
        left = " " * self.current_indent
        for first, second in listed:
            lines = list(wrap(second, max(self.width - self.current_indent - column, 10)))
            if width(first) + col_spacing > column:
                self.write(f"{left}{first}\n")
            elif lines:
                self.write(f"{left}{pad(first, column)}{lines.pop(0)}".rstrip() + "\n")
            for line in lines:
                self.write(f"{left}{' ' * column}{line}".rstrip() + "\n")


class Context(click.Context):
    """click's, with our help pages."""

    formatter_class = Formatter
