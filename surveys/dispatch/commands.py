"""The command to which a mail server pipes e-mails that come back; its exit status is one of sysexits.h."""

import logging
import os
import sys
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from quality import clock
from quality.commands import run
from surveys.dispatch import bounces

if TYPE_CHECKING:
    from quality.app import House

log = logging.getLogger(__name__)
# A report comes first and is short; the copy of our own message that follows may be cut.
LONGEST_READ = 1 << 20
A_PIECE = 1 << 16


def bounce(
    recipient: Annotated[
        str, typer.Argument(help="L’adresse d’enveloppe qui l’a reçu ; sans elle, les en-têtes la disent.")
    ] = "",
) -> None:
    """Lire sur l’entrée standard un e-mail revenu, et noter que son destinataire ne l’a pas reçu.

    Sortie 0 : noté, ou rien à noter ; 67 : adresse inconnue ; 75 : à présenter de nouveau plus tard.
    """
    logging.getLogger("tortoise").setLevel(logging.WARNING)  # the server quotes what is said first
    raw = read_start(sys.stdin.buffer)

    async def verb(house: "House") -> bool:
        return await bounces.take(house, raw, recipient, clock.now())

    try:
        is_ours = run(verb)
    except Exception as error:  # whatever failed here may work later: the mail server keeps the message
        if not isinstance(error, typer.Exit):
            log.exception("a returned e-mail could not be read")
        raise typer.Exit(os.EX_TEMPFAIL) from error
    if not is_ours:
        typer.echo("5.1.1 Aucun message de cette installation ne porte cette adresse.", err=True)
        raise typer.Exit(os.EX_NOUSER)


def read_start(source: BinaryIO) -> bytes:
    """Read the start of a message and let the rest go by: a writer that nobody reads would fail."""
    start = source.read(LONGEST_READ)
    while source.read(A_PIECE):
        pass
    return start


def commands(app: typer.Typer) -> None:
    """Add `bounce`."""
    app.command("bounce")(bounce)
