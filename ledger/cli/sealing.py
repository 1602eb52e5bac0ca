"""Seals: `sledger seal key|make|list|export|prove`, and what `verify` says of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ledger.cli import out
from ledger.cli.answers import answer_options, delivered
from ledger.cli.base import command, group, json_option, option, usage_error
from ledger.cli.session import Session
from ledger.cli.tables import Table
from ledger.cli.text import shown
from ledger.locale import N_, _, term
from ledger.locale.sentences import fill

if TYPE_CHECKING:
    from ledger.persistence.notes import SealsFile, SignedSeal
    from ledger.persistence.seals import SealsReport

_FILE = click.Path(path_type=Path)
key_option = option(
    "--key", type=_FILE, metavar="FILE", help=N_("The private key; otherwise seal_key of the settings.")
)


@command(
    "key",
    N_(
        "Make a key pair for seals.\n\n"
        "FILE is readable by its owner only and must not lie in the ledger's folder; FILE.pub is for everybody who "
        "checks seals. Name them in the settings as seal_key and seal_public."
    ),
)
@click.argument("file", metavar="FILE", type=_FILE)
@json_option()
@click.pass_obj
def key(session: Session, file: Path) -> None:
    """See the help."""
    from ledger.persistence.address import parse
    from ledger.persistence.notes import make_key

    public = make_key(file, parse(session.address).path)
    if session.json:
        out.document({"file": str(file), "public": public})
    else:
        out.line(fill(N_("A key was made: {file}; its public half is in {file}.pub:"), {"file": shown(file)}))
        out.line(public)


@command(
    "make",
    N_(
        "Sign the state of the ledger.\n\n"
        "The seal is kept in the ledger, and added to the file named with --to. Keep that file, or a print of the "
        "seal, where nobody who can write the ledger can write: only there does it prove anything."
    ),
)
@key_option
@option("--to", type=_FILE, metavar="FILE", help=N_("Also add the seal to this file; made if it does not exist."))
@json_option()
@click.pass_obj
def make(session: Session, key: Path | None, to: Path | None) -> None:
    """See the help."""
    private = session.file(key, "seal_key")
    if private is None:
        raise usage_error(N_("No key is named: use --key, or seal_key in the settings. sledger seal key makes one."))
    with session.open_to_record() as ledger:
        signed = ledger.seal(private, to)
    if session.json:
        out.document({**_json(signed), "file": None if to is None else str(to)})
        return
    out.line(fill(N_("Sealed with {count} entries:"), {"count": signed.seal.position}))
    out.lines(signed.note().splitlines())


@command("list", N_("The seals kept in the ledger, oldest first."))
@answer_options()
@click.pass_obj
def list_(session: Session) -> None:
    """See the help."""
    with session.open() as ledger:
        kept = ledger.seals()
    if delivered(session, "seals", {"seals": [_json(one) for one in kept]}):
        return
    if not kept:
        out.line(_("No seal has been made yet."))
        return
    table = Table([term("column", name) for name in ("sealed_at", "position", "root", "key")], frozenset({1}))
    for one in kept:
        told = _json(one)
        table.add(told["sealed_at"], told["position"], told["root"], told["key"])
    out.table(table)


@command(
    "export",
    N_(
        "Write the seals kept in the ledger to a file.\n\n"
        "Such a file proves nothing about the time before it was taken elsewhere."
    ),
)
@click.argument("file", metavar="FILE", type=_FILE)
@json_option()
@click.pass_obj
def export(session: Session, file: Path) -> None:
    """See the help."""
    with session.open() as ledger:
        kept = ledger.seals()
    with file.open("x", encoding="utf-8") as target:
        target.writelines(f"{one.note()}\n" for one in kept)
    if session.json:
        out.document({"file": str(file), "seals": len(kept)})
    else:
        out.line(fill(N_("{count} seals written to {file}."), {"count": len(kept), "file": shown(file)}))


@command(
    "prove",
    N_(
        "Write a proof that one entry stands in the sealed ledger.\n\n"
        "Whoever has the seal or its public key can check it without the ledger; it shows this entry and no other. "
        "ENTRY is an id or a position."
    ),
)
@click.argument("entry", metavar="ENTRY")
@click.argument("file", metavar="FILE", type=_FILE)
@json_option()
@click.pass_obj
def prove(session: Session, entry: str, file: Path) -> None:
    """See the help."""
    import json

    from ledger.cli.parsing import reference

    with session.open() as ledger:
        proof = ledger.prove(reference(entry))
    with file.open("x", encoding="utf-8") as target:
        json.dump(proof, target, ensure_ascii=False, indent=1)
        target.write("\n")
    position = proof["entry"]["position"]
    if session.json:
        out.document({"file": str(file), "position": position})
    else:
        told = {"position": position, "file": shown(file)}
        out.line(fill(N_("The proof for position {position} was written to {file}; it holds personal data."), told))


def _json(signed: SignedSeal) -> dict[str, object]:
    from ledger.domain.time import shown_instant

    sealed = signed.seal
    return {
        "position": sealed.position,
        "root": sealed.root.hex(),
        "tip": sealed.tip.hex(),
        "sealed_at": shown_instant(sealed.sealed_at),
        "key": signed.key_id.hex(),
        "note": signed.note(),
    }


# ---------------------------------------------------------------- for verify


def kept_elsewhere(session: Session, file: Path | None, public: Path | None) -> tuple[SealsFile | None, bool]:
    """The seals of a file with the keys to believe; whether these come from elsewhere than the file itself."""
    if file is None:
        if public is not None:
            raise usage_error(N_("--public goes with --seals."))
        return None, False
    from ledger.persistence.notes import SealsFile, load_public_keys, read_seals

    found = read_seals(file)
    if not found.seals:
        raise usage_error(N_("There is no seal in {file}."), file=file)
    named = session.file(public, "seal_public")
    if named is None:
        return found, False
    return SealsFile(found.seals, load_public_keys(named)), True


def tell_seals(report: SealsReport | None, *, trusted: bool) -> None:
    """What the comparison with seals found, or that there was none."""
    if report is None:
        out.line(
            _(
                "Not compared with seals: entries cut off at the end, or a chain computed anew, would not be seen. "
                "Use --seals FILE."
            )
        )
        return
    told = {"count": report.checked, "position": report.good_up_to}
    if report.fault is not None:
        out.line(out.alarming(shown(fill(report.fault.sentence, report.fault.params))))
        out.line(fill(N_("Up to position {position} the ledger fulfils its seals."), told))
        out.line(_("Do not record anything. Restore the newest good backup, and find out who had access."))
        return
    out.line(fill(N_("{count} seals compared: the entries up to position {position} are those sealed."), told))
    if not trusted:
        out.line(
            _("Their signatures were checked with the keys in the file itself: it must come from a place you trust.")
        )


COMMANDS = {
    "seal": group(
        "seal",
        N_("Sign the state of the ledger, so that nobody can change its past unseen."),
        key,
        make,
        list_,
        export,
        prove,
    )
}
