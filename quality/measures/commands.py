"""`quality release …` and `quality export figures`."""

import asyncio
import shutil
import sys
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, Any
from uuid import UUID

import msgspec
import typer
from rich.console import Console

from quality.access.actor import Actor, operator
from quality.access.scope import scoped, visible
from quality.app import House
from quality.commands import organisation_of, platform_of, run
from quality.db import Connection, pool
from quality.errors import Refused
from quality.measures.exports import FOR_PROGRAMS
from quality.measures.models import Convention, Release, ReleaseCell, ReleaseFact
from quality.measures.releases import releasing, rows
from quality.measures.reports.contents import Cover, cover_of
from quality.measures.reports.files import summed, written_aside
from quality.measures.reports.streaming import Lines, Written, read, write_list, write_table
from quality.measures.reports.workbook import write_workbook
from quality.measures.views.reading import WHOLE, Sight
from quality.web.format import count
from quality.web.languages import gettext as _

out = Console()
Code = Annotated[str | None, typer.Option("--platform", help="Code de la plateforme, s’il y en a plusieurs.")]
AsJson = Annotated[bool, typer.Option("--json", help="Écrire du JSON.")]


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


async def _platform(code: str | None) -> UUID:
    async with scoped(operator()) as db:
        return await platform_of(db, code)


def create(
    period: Annotated[
        str | None, typer.Option(help="2026-11, 2026-Q3, 2026-R3 ou 2026 ; sinon, tout ce qui peut l’être.")
    ] = None,
    platform: Code = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Publier une période, ou toutes celles qui peuvent l’être : ce qui est publié ne change plus."""

    async def verb(house: House) -> list[releasing.Created]:  # noqa: ARG001 - a verb's signature
        return await releasing.create(await _platform(platform), period)

    made = run(verb)
    if as_json:
        _write(msgspec.json.encode(made).decode())
        return
    for each in made:
        out.print(
            f"{each.period} : {each.cells} résultats publiés, dont {each.hidden} cachés. {each.id}"
            f" {_audit_words(msgspec.to_builtins(each.audit))}",
            highlight=False,
            soft_wrap=True,
        )


def listed(platform: Code = None, *, as_json: AsJson = False) -> None:
    """Dire ce qui est publié."""

    async def verb(house: House) -> list[rows.Release]:  # noqa: ARG001
        return await rows.listed(pool("work"), await _platform(platform))

    found = run(verb)
    if as_json:
        _write(msgspec.json.encode([_described(each) for each in found]).decode())
        return
    for each in found:
        out.print(
            f"{each.period}  {each.id}  {each.cells} résultats, dont {each.hidden} cachés."
            f" {_audit_words(each.audit)}",
            highlight=False,
            soft_wrap=True,
        )
    if not found:
        out.print("Rien n’est encore publié.")


def _described(each: rows.Release) -> dict[str, Any]:
    return {
        "id": each.id,
        "period": each.period,
        "method": each.method,
        "seal": each.seal.hex(),
        "created_at": each.created_at,
        "cells": each.cells,
        "hidden": each.hidden,
        "audit": each.audit,
    }


def _audit_words(audit: dict[str, Any] | None) -> str:
    if audit is None:
        return "Sans audit."
    return (
        f"Audit ({audit['method']}) : {audit['examined']} sommes cachées examinées,"
        f" {audit['held']} résultats cachés de plus, {audit['solved']} programmes résolus"
        f" en {audit['seconds']} s."
    )


def verify(platform: Code = None) -> None:
    """Recalculer chaque publication à partir de sa base, et son sceau ; sortie 1 si quelque chose diffère."""

    async def verb(house: House) -> dict[rows.Release, list[str]]:  # noqa: ARG001
        return await releasing.verify(await _platform(platform))

    found = run(verb)
    for release, differences in found.items():
        out.print(f"{release.period} : {_audit_words(release.audit)}", highlight=False, soft_wrap=True)
        for each in differences:
            out.print(f"{release.period} : {each}", highlight=False, soft_wrap=True)
    wrong = sum(bool(differences) for differences in found.values())
    out.print(f"{len(found)} publications vérifiées, {wrong} avec une remarque.", highlight=False)
    if wrong:
        raise typer.Exit(1)


def figures(
    release: Annotated[str, typer.Option(help="Identifiant de la publication (quality release list).")],
    file_format: Annotated[Format, typer.Option("--format", help="csv, xlsx ou json.")] = Format.CSV,
    funder: Annotated[
        str | None, typer.Option(help="Code d’un financeur : ses résultats, au lieu de l’ensemble.")
    ] = None,
    convention: Annotated[
        str | None, typer.Option(help="Code d’une convention : ses résultats, au lieu de l’ensemble.")
    ] = None,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="Fichier à écrire, avec son empreinte FICHIER.sha256 à côté.")
    ] = None,
) -> None:
    """Écrire les résultats d’une publication, tels qu’ils sont publiés."""
    if out_file is None:
        run(lambda _house: _export(release, Asked(funder, convention), file_format, sys.stdout.buffer))
        sys.stdout.flush()
        return
    with whole_file(out_file) as target:
        written = run(lambda _house: _export(release, Asked(funder, convention), file_format, target))
    sums = f"{written.sha256.hex()}  {out_file.name}\n"
    out_file.with_name(f"{out_file.name}.sha256").write_text(sums, encoding="utf-8")
    told = f"{count(written.lines)} résultats écrits, {count(written.length)} octets."
    out.print(f"{told} SHA-256 {written.sha256.hex()}", highlight=False, soft_wrap=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose figures are wanted: a convention's, a funder's by its only convention, or those of all visits."""

    funder: str | None
    convention: str | None

    @property
    def name(self) -> str | None:
        return self.convention or self.funder


async def _population(db: Connection, actor: Actor, of: Release, asked: Asked) -> dict[str, object]:
    """Give the population that is asked for, inside `scoped(actor)`; a table never holds two of them."""
    if asked.convention:
        agreed = await visible(actor, Convention).filter(code=asked.convention).first()
        if agreed is None:
            raise Refused("Aucune convention n’a le code {code}.", code=asked.convention)
        return {"convention_id": agreed.id}
    if asked.funder is None:
        return {"funder_id__isnull": True}
    payer = await organisation_of(db, of.platform_id, asked.funder, kind="funder")
    of_funder = visible(actor, ReleaseCell).filter(release_id=of.id, funder_id=payer)
    followed = await of_funder.distinct().values_list("convention_id", flat=True)
    if len(followed) > 1:
        agreements = visible(actor, Convention).filter(id__in=list(followed)).order_by("code")
        codes = [each.code for each in await agreements]
        raise Refused(
            "{funder} a plusieurs conventions : choisissez par --convention {codes}.",
            funder=asked.funder,
            codes=" ou ".join(codes),
        )
    return {"funder_id": payer}


async def _export(release: str, asked: Asked, file_format: Format, target: IO[bytes]) -> Written:
    """Write a release row by row; count and sum what was written."""
    of = await _release(release)
    actor = operator(of.platform_id)
    async with scoped(actor) as db:
        population = await _population(db, actor, of, asked)
        cells = visible(actor, ReleaseCell).filter(release_id=of.id, **population)
        facts = await visible(actor, ReleaseFact).filter(release_id=of.id, **population)
        sight = Sight(asked.name or WHOLE, asked.name or _("Toutes les visites suivies"), None)
        around = await cover_of(actor, sight, of.period, cells, facts=facts, releases=[of.id])
    cells = visible(actor, ReleaseCell).filter(release_id=of.id, **population)  # of no transaction
    async with aclosing(read(actor, cells)) as lines:
        if file_format is Format.CSV:
            return await write_table(lines, FOR_PROGRAMS, target)
        if file_format is Format.JSON:
            return await write_list(lines, target)
        return await _workbook(around, lines, target)


async def _workbook(around: Cover, lines: Lines, target: IO[bytes]) -> Written:
    """Write a workbook aside, since what holds it is written last, then where it is wanted."""
    with await written_aside(lambda aside: write_workbook(around, lines, aside)) as whole:
        length, sha256 = await asyncio.to_thread(summed, whole)
        await asyncio.to_thread(shutil.copyfileobj, whole, target)
    return Written(around.count, length, sha256)


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Write a file beside its place, and put it there once it is whole."""
    beside = path.with_name(f"{path.name}.part")
    try:
        with beside.open("wb") as target:
            yield target
        beside.replace(path)
    except OSError as error:
        message = f"{path} ne peut pas être écrit : {error.strerror}."
        typer.echo(message, err=True)
        raise typer.Exit(1) from error
    finally:
        beside.unlink(missing_ok=True)


async def _release(identity: str) -> Release:
    found = await Release.filter(id=identity).using_db(pool("work")).first() if _is_id(identity) else None
    if found is None:
        raise Refused(
            "Aucune publication n’a l’identifiant {release}. Voyez quality release list.", release=identity
        )
    return found


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _write(text: str) -> None:
    sys.stdout.write(text)


def commands(app: typer.Typer) -> None:
    """Add the groups `release` and `export`."""
    release = typer.Typer(help="Publications : créer, lister, vérifier.", no_args_is_help=True)
    release.command("create")(create)
    release.command("list")(listed)
    release.command("verify")(verify)
    app.add_typer(release, name="release")
    export = typer.Typer(help="Exports.", no_args_is_help=True)
    export.command("figures")(figures)
    app.add_typer(export, name="export")
