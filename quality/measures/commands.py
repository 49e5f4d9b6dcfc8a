"""`quality release …` and `quality export figures`."""

import sys
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
import typer
from rich.console import Console

from quality.access.actor import operator
from quality.access.scope import scoped, visible
from quality.app import House
from quality.commands import organisation_of, platform_of, run
from quality.db import pool
from quality.errors import Refused
from quality.measures import releases, releasing
from quality.measures.exports import for_programs, json_record
from quality.measures.figures import Published
from quality.measures.models import Release, ReleaseCell
from quality.measures.reading import dressed

out = Console()
Code = Annotated[str | None, typer.Option("--platform", help="Code de la plateforme, s’il y en a plusieurs.")]
AsJson = Annotated[bool, typer.Option("--json", help="Écrire du JSON.")]


class Format(StrEnum):
    CSV = "csv"
    JSON = "json"


async def _platform(code: str | None) -> UUID:
    async with scoped(operator()) as db:
        return await platform_of(db, code)


def create(
    period: Annotated[
        str | None, typer.Option(help="2026-11, 2026-Q3 ou 2026 ; sinon, tout ce qui peut l’être.")
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
            f"{each.period} : {each.cells} résultats publiés, dont {each.hidden} cachés. {each.id}",
            highlight=False,
            soft_wrap=True,
        )


def listed(platform: Code = None, *, as_json: AsJson = False) -> None:
    """Dire ce qui est publié."""

    async def verb(house: House) -> list[releases.Release]:  # noqa: ARG001
        return await releases.listed(pool("work"), await _platform(platform))

    found = run(verb)
    if as_json:
        _write(msgspec.json.encode([_described(each) for each in found]).decode())
        return
    for each in found:
        out.print(
            f"{each.period}  {each.id}  {each.cells} résultats, dont {each.hidden} cachés",
            highlight=False,
            soft_wrap=True,
        )
    if not found:
        out.print("Rien n’est encore publié.")


def _described(each: releases.Release) -> dict[str, Any]:
    return {
        "id": each.id,
        "period": each.period,
        "method": each.method,
        "seal": each.seal.hex(),
        "created_at": each.created_at,
        "cells": each.cells,
        "hidden": each.hidden,
    }


def verify(platform: Code = None) -> None:
    """Recalculer chaque publication à partir de sa base, et son sceau ; sortie 1 si quelque chose diffère."""

    async def verb(house: House) -> dict[releases.Release, list[str]]:  # noqa: ARG001
        return await releasing.verify(await _platform(platform))

    found = run(verb)
    for release, differences in found.items():
        for each in differences:
            out.print(f"{release.period} : {each}", highlight=False, soft_wrap=True)
    wrong = sum(bool(differences) for differences in found.values())
    out.print(f"{len(found)} publications vérifiées, {wrong} avec une remarque.", highlight=False)
    if wrong:
        raise typer.Exit(1)


def figures(
    release: Annotated[str, typer.Option(help="Identifiant de la publication (quality release list).")],
    file_format: Annotated[Format, typer.Option("--format", help="csv ou json.")] = Format.CSV,
    funder: Annotated[
        str | None, typer.Option(help="Code d’un financeur : ses résultats, au lieu de l’ensemble.")
    ] = None,
) -> None:
    """Écrire les résultats d’une publication, tels qu’ils sont publiés."""

    async def verb(house: House) -> list[Published]:  # noqa: ARG001
        return await _published(release, funder)

    lines = run(verb)
    if file_format is Format.JSON:
        _write(msgspec.json.encode([json_record(each) for each in lines]).decode() + "\n")
    else:
        _write(for_programs(lines))


async def _published(release: str, funder: str | None) -> list[Published]:
    platform = await _platform_of_release(release)
    actor = operator(platform)
    async with scoped(actor) as db:
        payer = await organisation_of(db, platform, funder, kind="funder") if funder else None
        population = {"funder_id": payer} if payer else {"funder_id__isnull": True}
        rows = await visible(actor, ReleaseCell).filter(release_id=release, **population)
        return await dressed(actor, rows)


async def _platform_of_release(release: str) -> UUID:
    found = await Release.filter(id=release).using_db(pool("work")).first() if _is_id(release) else None
    if found is None:
        raise Refused(
            "Aucune publication n’a l’identifiant {release}. Voyez quality release list.", release=release
        )
    return found.platform_id


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
