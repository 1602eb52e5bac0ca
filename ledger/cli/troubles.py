"""One handler for everything that can go wrong: a sentence, a remedy, an exit status; never a traceback (spec 2.1)."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from ledger.cli import out
from ledger.cli.session import Session
from ledger.locale import N_, _
from ledger.locale.sentences import fill, remedy, sentence
from ledger.settings import BadSettings

if TYPE_CHECKING:
    from ledger.domain.refusals import Refused

NO = 1
USAGE = 2
REFUSED = 3
FOUND = 10
"""`--fail-on`: something at least as grave is there (spec 2.1)."""
UNUSABLE = 4
FAULT_IN_PROGRAM = 70
ANSWER_LOST = 74
INTERRUPTED = 130
READER_GONE = 141
"""Beyond the statuses of spec 2.1, as other programs use them: 128 + the signal, and two of sysexits.h."""


class Declined(Exception):
    """The ledger refused an entry; carries the refusal to the one place that shows it."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.code)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the officer is told."""

    status: int
    message: str
    remedy: str = ""
    code: str = ""


_FILE_TROUBLES = {
    errno.ENOENT: (N_("There is no file or folder {file}."), N_("Check the path.")),
    errno.ESPIPE: (
        N_("{file} is a pipe or a device, not a file that can be read again."),
        N_("Save what it gives as a file, and name that one."),
    ),
    errno.ELOOP: (N_("The link {file} leads to itself."), N_("Check the path.")),
    errno.EACCES: (
        N_("{file} may not be used: no permission."),
        N_("Ask whoever owns it for the right, or choose another place."),
    ),
    errno.EPERM: (
        N_("{file} may not be used: no permission."),
        N_("Ask whoever owns it for the right, or choose another place."),
    ),
    errno.EISDIR: (N_("{file} is a folder, not a file."), N_("Name a file.")),
    errno.ENOTDIR: (N_("A part of the path {file} is not a folder."), N_("Check the path.")),
    errno.EEXIST: (N_("There is already something at {file}; it was not changed."), N_("Choose another name.")),
    errno.EROFS: (N_("{file} lies on a disk that can only be read."), N_("Choose another place.")),
    errno.ENAMETOOLONG: (N_("The name {file} is too long."), N_("Choose a shorter name.")),
    errno.ENOSPC: (N_("The disk that holds {file} is full."), N_("Free some space, then try again.")),
    errno.EDQUOT: (N_("The disk that holds {file} is full."), N_("Free some space, then try again.")),
}


_NUMBERS = {FileExistsError: errno.EEXIST, FileNotFoundError: errno.ENOENT, IsADirectoryError: errno.EISDIR}
"""For errors that were raised without a number."""


def guarded(session: Session, work: Callable[[], object]) -> int:
    """Do the work; the exit status, with whatever went wrong already told."""
    try:
        status = _result(session, work)
        out.flush()
    except out.ReaderGone:
        out.give_up_stdout()
        return READER_GONE
    except out.AnswerLost as error:
        out.give_up_stdout()
        _tell(session, _answer_lost(error))
        return ANSWER_LOST
    return status


def _result(session: Session, work: Callable[[], object]) -> int:
    try:
        result = work()
    except (out.ReaderGone, out.AnswerLost):
        raise
    except click.ClickException as error:
        error.show()
        return error.exit_code if error.exit_code != NO else USAGE
    except Declined as error:
        return _refuse(session, error.refused)
    except (KeyboardInterrupt, click.Abort):
        out.say(_("Interrupted. What was recorded up to here stays recorded; run the command again to go on."))
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  the one place where nothing may pass
        if (refused := getattr(error, "refused", None)) is not None:  # NotPermitted, from below the command line
            return _refuse(session, refused)
        if session.debug:
            import traceback

            traceback.print_exc()
        trouble = trouble_of(error)
        _tell(session, trouble)
        return trouble.status
    return result if isinstance(result, int) else 0


def _refuse(session: Session, refused: Refused) -> int:
    session.code = refused.code
    if session.json:
        out.document({"refused": refusal_json(refused)})
    else:
        out.say(_("Refused: {sentence}").format(sentence=sentence(refused)))
        out.say(_("What to do: {remedy}").format(remedy=remedy(refused)))
        if refused.conflicts_with:
            out.say(_("Conflicts with: {entries}").format(entries=_(", ").join(refused.conflicts_with)))
    return REFUSED


def refusal_json(refused: Refused) -> dict[str, Any]:
    """A refusal as spec 2.1 fixes it."""
    return {
        "code": refused.code,
        "message": sentence(refused),
        "remedy": remedy(refused),
        "conflicts_with": list(refused.conflicts_with),
    }


def _tell(session: Session, trouble: Trouble) -> None:
    session.code = trouble.code
    if session.json and trouble.code and trouble.status != ANSWER_LOST:
        told = {"code": trouble.code, "message": trouble.message, "remedy": trouble.remedy}
        out.document({"fault": told})
        return
    out.say(_("Error: {message}").format(message=trouble.message))
    if trouble.remedy:
        out.say(_("What to do: {remedy}").format(remedy=trouble.remedy))


def _answer_lost(error: out.AnswerLost) -> Trouble:
    message = fill(
        N_("The command did its work, but its answer could not be written: {detail}."), {"detail": error.detail}
    )
    return Trouble(ANSWER_LOST, message, _("Check where the output goes. Do not record again: see sledger log first."))


def trouble_of(error: Exception) -> Trouble:
    """What the officer is told about an exception."""
    exit_status = getattr(error, "exit_status", None)
    if isinstance(exit_status, int) and hasattr(error, "sentence"):
        params: dict[str, object] = getattr(error, "params", {})
        told = fill(error.sentence, params)
        return Trouble(exit_status, told, fill(getattr(error, "remedy", ""), params), getattr(error, "code", ""))
    if isinstance(error, BadSettings):
        message = fill(
            N_("The settings in {file} cannot be read: {detail}."), {"file": error.path, "detail": error.detail}
        )
        return Trouble(USAGE, message, _("Mend the file, or name another one in SLEDGER_CONFIG."), "bad_settings")
    if isinstance(error, UnicodeError):
        return _encoding_trouble(error)
    if isinstance(error, OSError) and not isinstance(error, TimeoutError | ConnectionError):
        return _file_trouble(error)
    if isinstance(error, OverflowError):
        message = _("A date or number is too large or too small to count with.")
        return Trouble(USAGE, message, _("Check the dates and numbers of the command."), "out_of_range")
    return _program_trouble(error)


def _encoding_trouble(error: UnicodeError) -> Trouble:
    if isinstance(error, UnicodeDecodeError):
        return Trouble(
            USAGE,
            _("The file is not UTF-8 text; nothing more was read from it."),
            _("Save it as UTF-8, for example with: iconv -f GB18030 -t UTF-8 OLD > NEW"),
            "wrong_encoding",
        )
    return Trouble(
        USAGE,
        _("An argument holds characters that are not valid text."),
        _("Type it again; the terminal and the system must use the same encoding, best UTF-8."),
        "wrong_encoding",
    )


def _file_trouble(error: OSError) -> Trouble:
    named = (
        error.filename if error.filename is not None else next(iter(error.args), "?") if error.errno is None else "?"
    )
    file = os.fsdecode(named) if isinstance(named, str | bytes | os.PathLike) else str(named)
    number = error.errno or _NUMBERS.get(type(error), 0)
    message, advice = _FILE_TROUBLES.get(number, (N_("{file} cannot be used: {detail}."), N_("Check the path.")))
    params = {"file": file, "detail": error.strerror or str(error)}
    status = UNUSABLE if number in (errno.ENOSPC, errno.EDQUOT) else USAGE
    return Trouble(status, fill(message, params), fill(advice, params), "file_trouble")


def _program_trouble(error: Exception) -> Trouble:
    message = fill(
        N_("The program itself failed ({kind}); what was already recorded is safe."), {"kind": type(error).__name__}
    )
    advice = _("Run the command again with --debug and send what it prints to whoever keeps the program.")
    return Trouble(FAULT_IN_PROGRAM, message, advice, "program_fault")
