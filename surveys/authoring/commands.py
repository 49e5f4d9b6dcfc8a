"""`quality questionnaire export|import`: a questionnaire as an XLSForm, out and in."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from quality.access.actor import Actor, operator
from quality.access.scope import scoped
from quality.commands import lines_of, platform_of, run
from quality.db import fetch_value
from quality.errors import QualityError, Refused
from quality.french import french
from surveys.authoring import store
from surveys.publishing import publish
from surveys.questionnaire.definition import Questionnaire
from surveys.questionnaire.reading import read_yaml
from surveys.questionnaire.xlsform.opening import LARGEST, opened
from surveys.questionnaire.xlsform.reading import received
from surveys.questionnaire.xlsform.saying import Said
from surveys.questionnaire.xlsform.workbook import write
from surveys.questionnaire.xlsform.writing import form_of

if TYPE_CHECKING:
    from quality.app import House

questionnaires = typer.Typer(
    no_args_is_help=True, help="Un questionnaire en XLSForm, le classeur d’ODK et de Kobo."
)
Platform = Annotated[str | None, typer.Option(help="Code de la plateforme, s’il y en a plusieurs.")]
NEXT = "SELECT 1 + coalesce(max(version), 0) FROM questionnaire_version WHERE platform_id = $1 AND code = $2"


def commands(app: typer.Typer) -> None:
    """Add `questionnaire` to the command line."""
    app.add_typer(questionnaires, name="questionnaire")


@questionnaires.command("export")
def export_xlsform(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Code, code:version, ou fichier .yaml.")],
    *,
    out: Annotated[
        Path | None, typer.Option(help="Classeur .xlsx à écrire ; sinon, CODE-vVERSION.xlsx.")
    ] = None,
    platform: Platform = None,
) -> None:
    """Écrire un questionnaire en XLSForm ; ce que la norme ne sait pas dire est dans des colonnes sq_…"""
    questionnaire = _from_yaml(Path(name)) if name.endswith((".yaml", ".yml")) else _published(name, platform)
    target = out or Path(f"{questionnaire.code}-v{questionnaire.version}.xlsx")
    _write(target, write(form_of(questionnaire)))
    typer.echo(f"{target} : {questionnaire.title.fr}, {len(questionnaire.items)} questions.")


@questionnaires.command("import")
def import_xlsform(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="XLSForm, en .xlsx ou en CSV.")],
    *,
    out: Annotated[Path | None, typer.Option(help="Fichier .yaml à écrire.")] = None,
    publishes: Annotated[bool, typer.Option("--publish", help="Publier, comme prochaine version.")] = False,
    platform: Platform = None,
    as_json: Annotated[bool, typer.Option("--json", help="Écrire en JSON ce qui est dit.")] = False,
) -> None:
    """Relire un XLSForm et dire, ligne par ligne, ce qui n’est pas repris ; sortie 1 s’il est à corriger."""
    try:
        form, odd = opened(_content(file))
    except QualityError as error:
        typer.echo("\n".join(lines_of(error)), err=True)
        raise typer.Exit(1) from error
    found = received(form, code=file.stem)
    _say((*odd, *found.said), as_json=as_json)
    if found.questionnaire is None:
        typer.echo("Rien n’est repris : corrigez d’abord ce qui est marqué « à corriger ».", err=True)
        raise typer.Exit(1)
    questionnaire = _publish(found.questionnaire, platform) if publishes else found.questionnaire
    if out is not None:
        _write(out, store.as_yaml(questionnaire).encode())
    if not as_json:
        done = "publié" if publishes else "prêt"
        size = f"version {questionnaire.version}, {len(questionnaire.items)} questions"
        typer.echo(f"{questionnaire.code} ({size}) : {done}.")


def _from_yaml(file: Path) -> Questionnaire:
    try:
        return read_yaml(_content(file).decode())
    except (QualityError, UnicodeDecodeError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def _content(file: Path) -> bytes:
    if not file.is_file():
        typer.echo(f"Le fichier {file} n’existe pas.", err=True)
        raise typer.Exit(1)
    with file.open("rb") as source:
        return source.read(LARGEST + 1)


def _write(target: Path, content: bytes) -> None:
    try:
        target.write_bytes(content)
    except OSError as error:
        typer.echo(f"Le fichier {target} ne peut pas être écrit à cet endroit.", err=True)
        raise typer.Exit(1) from error


def _published(name: str, platform: str | None) -> Questionnaire:
    code, _, version = name.partition(":")

    async def verb(_house: "House") -> Questionnaire:
        known = await store.versions(await _whose(platform), code)
        for each in known:
            if not version or str(each.version) == version:
                return each.questionnaire
        raise Refused(french("Le questionnaire {name} n’existe pas."), name=name)

    return run(verb)


def _publish(questionnaire: Questionnaire, platform: str | None) -> Questionnaire:
    async def verb(_house: "House") -> Questionnaire:
        actor = await _whose(platform)
        async with scoped(actor) as db:
            version = await fetch_value(db, NEXT, actor.platform, questionnaire.code)
            numbered = msgspec.structs.replace(questionnaire, version=version)
            await publish(db, actor.platform, numbered)  # type: ignore[arg-type]
        return numbered

    return run(verb)


async def _whose(platform: str | None) -> Actor:
    async with scoped(operator()) as db:
        return operator(await platform_of(db, platform))


def _say(said: tuple[Said, ...], *, as_json: bool) -> None:
    if as_json:
        lines = [asdict(each) | {"message": each.words, "values": dict(each.values)} for each in said]
        typer.echo(msgspec.json.encode(lines).decode())
        return
    for each in said:
        typer.echo(line_of(each), err=each.stops)


def line_of(said: Said) -> str:
    """Say where, then what.

    >>> line_of(Said("survey", 3, "relevant", "Cette condition n’est jamais vraie.", stops=True))
    'à corriger, survey, ligne 3, relevant : Cette condition n’est jamais vraie.'
    """
    row = f"ligne {said.row}" if said.row else ""
    place = ", ".join(
        part for part in ("à corriger" if said.stops else "", said.sheet, row, said.column) if part
    )
    return f"{place} : {said.words}" if place else said.words
