"""`quality import interventions` and `quality import providers`."""

import shutil
import tempfile
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from quality.access.actor import operator
from quality.access.scope import scoped
from quality.app import House
from quality.commands import organisation_of, platform_of, run
from quality.directory.intake import batches, enrolment
from quality.directory.intake.batch_rows import Delivery
from quality.directory.intake.receiving import Source
from quality.directory.intake.refusals import LineError
from quality.directory.intake.report import Report
from quality.errors import Refused

ERRORS_SHOWN = 20


class Format(StrEnum):
    csv = "csv"
    xlsx = "xlsx"


Path_ = Annotated[Path, typer.Argument(metavar="FICHIER", help="Fichier CSV ou XLSX.")]
Platform = Annotated[str | None, typer.Option(help="Code de la plateforme, s’il y en a plusieurs.")]
Kind = Annotated[Format | None, typer.Option("--format", help="Format du fichier ; deviné sans cela.")]
Rejects = Annotated[Path | None, typer.Option(help="Fichier où rendre les lignes refusées.")]
Json = Annotated[bool, typer.Option("--json", help="Écrire le compte rendu en JSON.")]

imports = typer.Typer(no_args_is_help=True, help="Charger un fichier de visites ou d’organismes.")


@imports.command("interventions")
def import_interventions(
    file: Path_,
    *,
    provider: Annotated[str, typer.Option(help="Code de l’organisme (son SIRET).")],
    platform: Platform = None,
    kind: Kind = None,
    is_dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Dire ce qui serait fait, ne rien écrire.")
    ] = False,
    rejects: Rejects = None,
    is_json: Json = False,
) -> None:
    """Charger des visites : les bonnes lignes sont gardées, les autres rendues avec ce qu’il faut faire."""
    load = batches.preview_file if is_dry_run else batches.load_file

    async def loaded(house: House, source: Source) -> Report:
        async with scoped(operator()) as db:
            of_platform = await platform_of(db, platform)
        actor = operator(of_platform)
        async with scoped(actor) as db:
            of_provider = await organisation_of(db, of_platform, provider, kind="provider")
        return await load(actor, house, of_provider, source)

    _tell(_report(file, kind, rejects, loaded), is_json=is_json, is_dry_run=is_dry_run)


@imports.command("providers")
def import_providers(
    file: Path_,
    *,
    platform: Platform = None,
    kind: Kind = None,
    rejects: Rejects = None,
    is_json: Json = False,
) -> None:
    """Charger des organismes : chacun est créé ou mis à jour d’après son SIRET, et référencé."""

    async def loaded(house: House, source: Source) -> Report:
        async with scoped(operator()) as db:
            of_platform = await platform_of(db, platform)
        return await enrolment.enrol_file(operator(of_platform), house, source)

    _tell(_report(file, kind, rejects, loaded), is_json=is_json, is_dry_run=False)


def commands(app: typer.Typer) -> None:
    """Add `import` to the command line."""
    app.add_typer(imports, name="import")


def _report(
    file: Path,
    kind: Format | None,
    rejects: Path | None,
    loaded: Callable[[House, Source], Awaitable[Report]],
) -> Report:
    """Load a file; the rejects take their place only once the load has ended."""

    async def verb(house: House) -> Report:
        if not is_there:
            raise Refused("Le fichier {file} n’existe pas.", file=file)
        return await loaded(house, Source(file, Delivery("cli", file.name, kind), refused))

    is_there = file.is_file()
    with tempfile.TemporaryFile() as refused, Console(stderr=True).status("Lecture du fichier…"):
        report = run(verb)
        if rejects is not None:
            refused.seek(0)
            with rejects.open("wb") as target:
                shutil.copyfileobj(refused, target)
    return report


def _tell(report: Report, *, is_json: bool, is_dry_run: bool) -> None:
    if is_json:
        typer.echo(msgspec.json.encode(report.told()).decode())
        return
    if is_dry_run:
        typer.echo("Essai : rien n’est écrit.")
    typer.echo(
        f"{report.read} lignes lues : {report.created} nouvelles, {report.updated} modifiées, "
        f"{report.unchanged} inchangées, {report.refused} refusées."
    )
    for error in report.errors[:ERRORS_SHOWN]:
        typer.echo(_told(error), err=True)
    if len(report.errors) > ERRORS_SHOWN:
        typer.echo("D’autres lignes sont refusées : rendez-les toutes avec --rejects FICHIER.", err=True)
    if report.unauthorised:
        typer.echo(f"{report.unauthorised} lignes gardées sans autorisation connue : à vérifier.", err=True)


def _told(error: LineError) -> str:
    place = f"Ligne {error.line}, {error.column or 'toute la ligne'}"
    return f"{place} : « {error.value} ». {error.message}"
