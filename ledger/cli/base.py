"""Commands and options whose help is translated when it is shown, and the options that every command has."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import Any

import click

from ledger.cli.help import Context
from ledger.cli.session import Session
from ledger.locale import LANGUAGES, N_, _

Callback = Callable[..., Any]


class Option(click.Option):
    """An option; its help is a message id."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The line of `--help`, translated."""
        if self.help is None:
            return super().get_help_record(ctx)
        translated = copy(self)
        translated.help = _(self.help)
        return click.Option.get_help_record(translated, ctx)


def _remember(ctx: click.Context, parameter: click.Parameter, value: object) -> object:
    """Options said at a command lay over those said before it."""
    if value not in (None, False) and parameter.name is not None:
        setattr(ctx.ensure_object(Session), parameter.name, value)
    return value


def _shared(*declarations: str, **attributes: Any) -> Option:
    return Option(declarations, expose_value=False, callback=_remember, **attributes)


def shared_options(*, environment: bool) -> list[click.Parameter]:
    """The options of spec 2.1; those of the program itself also come from `SLEDGER_*`."""
    auto = {"allow_from_autoenv": environment}
    return [
        _shared(
            "--ledger",
            metavar="PATH|URL",
            help=N_("The ledger: a file, sqlite:///PATH or postgresql://HOST/DATABASE."),
            **auto,
        ),
        _shared("--officer", metavar="NAME", help=N_("Who records; otherwise the user of the system."), **auto),
        Option(
            ["--lang"],
            type=click.Choice(list(LANGUAGES)),
            expose_value=False,
            help=N_("The language of all texts; otherwise that of the system, otherwise Chinese."),
            **auto,
        ),
        _shared("--no-color", is_flag=True, help=N_("No colours; NO_COLOR does the same."), **auto),
        _shared("--debug", is_flag=True, help=N_("Show the traceback when something fails."), **auto),
    ]


class Command(click.Command):
    """A command; its help is a message id. Every command has the shared options."""

    context_class = Context

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.params.extend(shared_options(environment=False))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help, translated."""
        text, self.help = self.help, _(self.help or "")
        try:
            super().format_help_text(ctx, formatter)
        finally:
            self.help = text

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Like click's, translated when shown: click keeps the text of the first time."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _("Show this message and exit.")
        return option


class Group(click.Group):
    """Commands under one word; their help is translated. `default`: the one meant where none is named."""

    context_class = Context

    def __init__(self, *args: Any, default: str | None = None, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.default = default

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts the default in where the words begin with an option."""
        unnamed = not args or (args[0].startswith("-") and args[0] != "--help")
        return super().parse_args(ctx, [self.default, *args] if self.default is not None and unnamed else args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order they were declared."""
        return list(self.commands)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help, translated."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_(self.help or ""))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, translated."""
        lines = [(name, _(one.help or "").partition("\n")[0]) for name, one in self.commands.items()]
        with formatter.section(_("Commands")):
            formatter.write_dl(lines)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Like click's, translated when shown."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _("Show this message and exit.")
        return option


def group(name: str, help: str, *commands: click.Command, default: str | None = None) -> Group:
    """Several commands under one word (`sledger seal make`); `help` is a message id."""
    return Group(name, {one.name: one for one in commands if one.name}, help=help, default=default)


def command(name: str, help: str) -> Callable[[Callback], Command]:
    """Declare a command; `help` is a message id, and its first paragraph says what the command does."""
    return click.command(name, cls=Command, help=help)


def option(*declarations: str, **attributes: Any) -> Callable[[Callback], Callback]:
    """Declare an option; `help` is a message id."""
    return click.option(*declarations, cls=Option, **attributes)


def json_option() -> Callable[[Callback], Callback]:
    """`--json`, told to the session: refusals and faults follow it too."""
    return option(
        "--json",
        is_flag=True,
        expose_value=False,
        callback=_remember,
        help=N_("One JSON document on stdout, for programs."),
    )


def fonts_option() -> Callable[[Callback], Callback]:
    """`--fonts FOLDER`, for whatever writes PDF."""
    return option(
        "--fonts",
        metavar="FOLDER",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help=N_("PDF: a folder with typefaces, beside those of the system."),
    )


def options(*several: Callable[[Callback], Callback]) -> Callable[[Callback], Callback]:
    """Several options as one."""

    def apply(callback: Callback) -> Callback:
        for one in reversed(several):
            callback = one(callback)
        return callback

    return apply


def usage_error(message: str, **params: object) -> click.UsageError:
    """A wrong use of the command line: exit status 2. `message` is a message id."""
    from ledger.locale.sentences import fill

    return click.UsageError(fill(message, params))
