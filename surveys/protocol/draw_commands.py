"""Commands of the draw: a quarter replayed from its logged seeds."""

import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import msgspec
import typer
from rich.console import Console

from quality.access.actor import operator
from quality.access.scope import scoped
from quality.commands import organisation_of, platform_of, run
from quality.db import Connection, fetch, pool
from quality.errors import Invalid
from surveys.protocol.experiment import Experiment
from surveys.protocol.ledger import mode_seeds_of
from surveys.protocol.occasion import Reason, Stratum
from surveys.protocol.redrawing import DRAWS, Begun, Kept, Moved, Redrawn, differences, moved
from surveys.protocol.strata import quarter_bounds

if TYPE_CHECKING:
    from quality.app import House

out = Console()


@dataclass(frozen=True, slots=True)
class Replay:
    """What a quarter drawn again says: how many strata and lines, and the lines that differ.

    `first_contacts` counts the requests of an experiment, `moved` those that it would have begun otherwise.
    """

    strata: int
    lines: int
    differences: tuple[Redrawn, ...]
    first_contacts: int = 0
    moved: tuple[Moved, ...] = ()


async def replay(db: Connection, platform: UUID, quarter: str, provider: UUID | None = None) -> Replay:
    """Draw a quarter again from the seeds of its strata."""
    try:
        bounds = quarter_bounds(quarter)
    except ValueError as error:
        raise Invalid("Un trimestre s’écrit comme 2026-Q4.") from error
    strata = await fetch(
        db,
        """
        SELECT id, seed, target, expected FROM stratum
        WHERE platform_id = $1 AND quarter = $2 AND ($3::uuid IS NULL OR provider_id = $3)
        """,
        platform,
        quarter,
        provider,
    )
    rows = await fetch(
        db,
        """
        SELECT id, stratum_id, reason, draw FROM occasion
        WHERE stratum_id = ANY ($1::uuid[]) AND id BETWEEN uuid7_floor($3) AND uuid7_floor($4)
          AND (draw IS NOT NULL OR reason = ANY ($2::text[])) AND (reason <> 'too_late' OR draw IS NOT NULL)
        ORDER BY id
        """,
        [row["id"] for row in strata],
        [reason.value for reason in DRAWS],
        *bounds,
    )
    drawn = {row["id"]: Stratum(row["seed"], row["target"], row["expected"]) for row in strata}
    kept = [Kept(row["id"], row["stratum_id"], Reason(row["reason"]), row["draw"]) for row in rows]
    begun = await _begun(db, platform, bounds, list(drawn))
    seed = (await mode_seeds_of(db, [platform])).get(platform, b"")
    return Replay(
        len(drawn), len(kept), tuple(differences(drawn, kept)), len(begun), tuple(moved(seed, begun))
    )


async def _begun(
    db: Connection, platform: UUID, bounds: tuple[datetime, datetime], strata: list[UUID]
) -> list[Begun]:
    """Read the requests of these strata whose first contact was drawn, with the experiment of each."""
    rows = await fetch(
        db,
        """
        SELECT r.occasion_id, r.pseudonym, r.arm, v.definition -> 'experiment' AS experiment
        FROM invitation r JOIN occasion o ON o.id = r.occasion_id
        JOIN protocol_version v ON v.id = r.protocol_id
        WHERE r.platform_id = $1 AND r.arm <> '' AND o.stratum_id = ANY ($2::uuid[])
          AND o.id BETWEEN uuid7_floor($3) AND uuid7_floor($4)
        ORDER BY r.occasion_id
        """,
        platform,
        strata,
        *bounds,
    )
    return [
        Begun(row["occasion_id"], row["pseudonym"], row["arm"], experiment_of(row["experiment"]))
        for row in rows
    ]


def experiment_of(stored: str) -> Experiment:
    return msgspec.json.decode(stored, type=Experiment)


def replay_draw(
    quarter: Annotated[str, typer.Option(help="Trimestre, par exemple 2026-Q4.")],
    platform: Annotated[str | None, typer.Option(help="Code de la plateforme.")] = None,
    provider: Annotated[str | None, typer.Option(help="Code d’un organisme : ses tirages seulement.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Écrire en JSON.")] = False,
) -> None:
    """Refaire le tirage d’un trimestre avec les graines gardées ; sortie 1 si une ligne diffère."""

    async def verb(_house: "House") -> Replay:
        async with scoped(operator()) as db:
            identity = await platform_of(db, platform)
        async with scoped(operator(identity)) as db:
            of_one = await organisation_of(db, identity, provider, kind="provider") if provider else None
        return await replay(pool("work"), identity, quarter, of_one)

    found = run(verb)
    if as_json:
        sys.stdout.write(msgspec.json.encode(asdict(found)).decode() + "\n")
    else:
        _say(quarter, found)
    if found.differences or found.moved:
        raise typer.Exit(1)


def _say(quarter: str, found: Replay) -> None:
    for line in found.differences:
        again = f"{line.reason_again.value}, {line.draw_again}"
        _print(f"{line.id} : au registre {line.reason.value}, {line.draw} ; avec la graine {again}")
    for begun in found.moved:
        again = begun.first_again or "hors essai"
        _print(f"{begun.id} : premier contact au registre {begun.first} ; avec la graine {again}")
    counts: tuple[Any, ...] = (found.strata, found.lines, len(found.differences))
    _print("{}\u00a0: {} strates, {} visites tirées de nouveau, {} différences.".format(quarter, *counts))
    if found.first_contacts:
        told = (found.first_contacts, len(found.moved))
        _print("Essai de modes\u00a0: {} premiers contacts tirés de nouveau, {} différences.".format(*told))


def _print(text: str) -> None:
    out.print(text, highlight=False, soft_wrap=True)


def commands(app: typer.Typer) -> None:
    """Add the group `draw`."""
    group = typer.Typer(help="Le tirage des visites demandées.", no_args_is_help=True)
    group.callback()(lambda: None)  # a group, though it has one command
    group.command("replay")(replay_draw)
    app.add_typer(group, name="draw")
