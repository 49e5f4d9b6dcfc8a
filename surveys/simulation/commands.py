"""`quality protocol simulate`: a protocol tried on past visits or on a file, told, totalled and listed."""

from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Annotated
from uuid import UUID

import msgspec
import typer
from rich.console import Console

from quality import clock
from quality.access.actor import Actor, operator
from quality.access.scope import scoped
from quality.app import House
from quality.commands import organisation_of, platform_of, run
from quality.db import fetch_value, pool
from quality.errors import NotFound, Refused
from quality.french import french
from quality.web.platform import card_of
from surveys.channels import naming
from surveys.protocol.definition import Channel, Protocol, decode
from surveys.protocol.editing.warnings import interval_words
from surveys.simulation import running
from surveys.simulation.figures import Figures
from surveys.simulation.files import Arrival, Sent
from surveys.simulation.listing import write
from surveys.simulation.running import Assumed, Period, Simulated

out = Console()
protocols = typer.Typer(no_args_is_help=True, help="Essayer un protocole de contact.")


def commands(app: typer.Typer) -> None:
    """Add `protocol` to the command line."""
    app.add_typer(protocols, name="protocol")


@protocols.callback()
def group() -> None:
    """Essayer un protocole de contact avant de le suivre."""


@protocols.command("simulate")
def simulate(
    protocol: Annotated[
        str, typer.Argument(metavar="NAME", help="Nom, nom:version, ou fichier .yaml d’un protocole.")
    ],
    *,
    against: Annotated[str | None, typer.Option(help="Autre protocole, à côté du premier.")] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Premier jour.")
    ] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Dernier jour.")] = None,
    file: Annotated[Path | None, typer.Option(help="Fichier de visites ; rien n’en est gardé.")] = None,
    arrival: Annotated[Arrival, typer.Option(help="Quand les visites du fichier arrivent.")] = Arrival.DAILY,
    provider: Annotated[str | None, typer.Option(help="Code de l’organisme (son SIRET).")] = None,
    answered: Annotated[
        list[str] | None, typer.Option("--answers", help="Part de réponses, en %, par exemple sms=20.")
    ] = None,
    price: Annotated[
        list[str] | None, typer.Option("--price", help="Prix d’un envoi, en centimes, par exemple sms=4.5.")
    ] = None,
    listed: Annotated[
        Path | None, typer.Option("--out", help="Fichier CSV à écrire : chaque message et appel de NAME.")
    ] = None,
    platform: Annotated[
        str | None, typer.Option(help="Code de la plateforme, s’il y en a plusieurs.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Écrire du JSON.")] = False,
) -> None:
    """Rejouer des visites à travers un protocole : messages, appels, agents, coût et précision attendue."""
    rates = {channel: float(share) / 100 for channel, share in _by_channel(answered, 100).items()}
    assumed = Assumed(rates, _by_channel(price, 100_000))

    names = [name for name in (protocol, against) if name]
    drafts = {name: _from_yaml(name) for name in names}
    _check(file, listed, has_days=first is not None or last is not None)

    async def verb(house: House) -> Simulated:
        actor, of_provider = await _whose(platform, provider)
        tried = [await _protocol(actor, name, drafts[name]) for name in names]
        await _warn(actor, [draft for draft in drafts.values() if draft])
        if file is not None:
            sent = await _sent(actor, file, arrival, of_provider)
            return await running.over_file(actor, house, sent, tried, assumed)
        days = Period(*_days(first, last), of_provider)
        return await running.over_period(actor, house, days, tried, assumed)

    simulated = run(verb)
    if listed is not None:
        with listed.open("w", encoding="utf-8", newline="") as target:
            write(target, simulated.visits, simulated.contacts)
    _tell(simulated, as_json=as_json)


def _check(file: Path | None, listed: Path | None, *, has_days: bool) -> None:
    """Refuse before anything is read what could not be done at the end."""
    if file is not None and not file.is_file():
        raise Refused("Le fichier {file} n’existe pas.", file=file)
    if file is not None and has_days:
        raise Refused("Choisissez une période (--from et --to) ou un fichier (--file), pas les deux.")
    if listed is not None and not (listed.parent.is_dir() and not listed.is_dir()):
        raise Refused("Le fichier {file} ne peut pas être écrit à cet endroit.", file=listed)


async def _whose(platform: str | None, provider: str | None) -> tuple[Actor, UUID | None]:
    async with scoped(operator()) as db:
        actor = operator(await platform_of(db, platform))
    if provider is None:
        return actor, None
    async with scoped(actor) as db:
        return actor, await organisation_of(db, actor.platform, provider, kind="provider")  # type: ignore[arg-type]


def _from_yaml(name: str) -> Protocol | None:
    path = Path(name)
    if path.suffix not in {".yaml", ".yml"}:
        return None
    if not path.is_file():
        raise Refused("Le fichier {file} n’existe pas.", file=name)
    return decode(path.read_bytes())


async def _warn(actor: Actor, drafts: list[Protocol]) -> None:
    """Say which interval applies when a file writes one of its own."""
    async with scoped(actor) as db:
        own = await fetch_value(db, "SELECT interval_days FROM platform WHERE id = $1", actor.platform)
    for draft in drafts:
        if draft.interval_days not in {0, own}:
            typer.echo(interval_words(draft.interval_days, own), err=True)


async def _protocol(actor: Actor, name: str, read: Protocol | None) -> Protocol:
    """Give a protocol read from a YAML file, or find a published one."""
    if read is not None:
        return read
    known = await running.published(pool("work"), actor.platform)  # type: ignore[arg-type]
    try:
        return running.named(known, name)
    except NotFound as error:
        names = ", ".join(sorted({each.name for each in known}))
        raise Refused(
            "Le protocole {name} n’existe pas. Ceux qui existent : {names}.", name=name, names=names
        ) from error


async def _sent(actor: Actor, file: Path, arrival: Arrival, provider: UUID | None) -> Sent:
    zone = (await card_of(actor.platform)).zone
    return Sent(file, file.name, provider, arrival, zone, clock.now())


def _days(first: datetime | None, last: datetime | None) -> tuple[date, date]:
    if first is None or last is None:
        raise Refused("Donnez une période avec --from et --to, ou un fichier avec --file.")
    if last < first:
        raise Refused("Le dernier jour précède le premier.")
    return first.date(), last.date()


def _by_channel(written: list[str] | None, most: int) -> dict[Channel, Fraction]:
    """Read « sms=20 » into a number by channel."""
    found = {}
    for each in written or ():
        name, _, number = each.partition("=")
        try:
            found[Channel(name)] = Fraction(number.replace(",", "."))
        except (ValueError, ZeroDivisionError) as error:
            message = french(
                "« {text} » ne se lit pas. Écrivez un canal (sms, email, phone), le signe égal et un nombre."
            )
            raise Refused(message, text=each) from error
        if not 0 <= found[Channel(name)] <= most:
            raise Refused("« {text} » doit être entre 0 et {most}.", text=each, most=most)
    return found


def _tell(simulated: Simulated, *, as_json: bool) -> None:
    if as_json:
        told = _totals(simulated.figures[0]) | {
            "calls_per_hour": simulated.calls_per_hour,
            "refused": simulated.refused,
            "protocols": _told(simulated),
        }
        out.print(msgspec.json.encode(told).decode(), highlight=False, soft_wrap=True, markup=False)
        return
    for protocol, found in zip(simulated.protocols, simulated.figures, strict=True):
        lines = [
            f"{protocol.label}, version {protocol.version}",
            f"  {found.asked} visites suivies sur {found.visits}.",
            f"  {found.messages} messages et {found.calls} appels en {len(found.days)} jours d’envoi.",
            f"  {found.agents} agents à l’heure la plus chargée.",
            f"  {found.answers} réponses attendues.",
        ]
        lines += [
            f"  {naming.MANY[cost.channel]} : {cost.number}, soit {cost.cents / 100:.2f} €"
            for cost in found.costs
            if cost.cents is not None
        ]
        out.print("\n".join(lines), highlight=False, soft_wrap=True)
    if simulated.refused:
        out.print(f"{simulated.refused} lignes du fichier ne se lisent pas et sont laissées de côté.")


def _totals(found: Figures) -> dict[str, object]:
    """Give the totals of one protocol: written messages, calls, and the number of each channel."""
    return {
        "messages": found.messages,
        "calls": found.calls,
        "channels": {channel.value: found.number(channel) for channel in Channel},
    }


def _told(simulated: Simulated) -> list[dict[str, object]]:
    return [
        _totals(found)
        | {
            "name": protocol.name,
            "version": protocol.version,
            "visits": found.visits,
            "asked": found.asked,
            "reasons": {reason.value: number for reason, number in sorted(found.reasons.items())},
            "days": found.days,
            "hours": found.hours,
            "agents": found.agents,
            "costs": [
                {"channel": cost.channel, "number": cost.number, "cents": cost.cents} for cost in found.costs
            ],
            "answers": found.answers,
            "not_sent": dict(found.lost),
            "providers": found.providers,
        }
        for protocol, found in zip(simulated.protocols, simulated.figures, strict=True)
    ]
