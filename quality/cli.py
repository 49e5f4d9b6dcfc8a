"""The command line: composition of commands, each a thin door to a verb."""

import asyncio
import logging
import sys
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
import typer
from rich.console import Console
from rich.logging import RichHandler

from quality import app as composition
from quality import clock, component, jobs, postgres, retention, schema
from quality.commands import run
from quality.db import fetch_value, pool
from quality.errors import QualityError, Refused
from quality.settings import LOG_LEVELS, NAMES, Settings, findings, from_environment

app = typer.Typer(name="quality", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
out = Console()
LOOPBACK_ONLY = "127.0.0.1"


@app.callback()
def options() -> None:
    """Suivi Qualité : le suivi de la qualité des services à domicile."""
    level = from_environment().log_level
    logging.basicConfig(
        level=level.upper() if level in LOG_LEVELS else logging.INFO,
        format="%(name)s : %(message)s",
        handlers=[RichHandler(console=Console(stderr=True), show_path=False)],
    )


@app.command()
def check() -> None:
    """Relire les réglages et dire ce qui ne va pas, avec un numéro."""
    found = findings(from_environment())
    for finding in found:
        kind = "erreur" if finding.is_error else "remarque"
        out.print(f"{finding.code} {kind} : {finding.message} {finding.hint}", highlight=False)
    if not found:
        out.print("Rien à signaler.")
    raise typer.Exit(1 if any(finding.is_error for finding in found) else 0)


@app.command()
def doctor() -> None:
    """Expliquer chaque réglage, et regarder si la base et les moyens d’envoi répondent."""
    settings = from_environment()
    for field, name in NAMES.items():
        out.print(f"{name} : {_shown(name, getattr(settings, field))}", highlight=False)
    for line in run(_examine):
        out.print(line, highlight=False, soft_wrap=True)


def _shown(name: str, value: object) -> str:
    """Show a setting, never a secret: a key says only that it is there, an address hides its password."""
    if not str(value):
        return "non réglé"
    if name == NAMES["secret_key"]:
        return "réglé"
    parts = urlsplit(str(value))
    return str(value).replace(f":{parts.password}@", ":…@") if parts.password else str(value)


def clock_line(drift: timedelta) -> str:
    """Say whether this machine's clock is believed.

    >>> clock_line(timedelta(hours=-3))
    'Horloge : celle de cette machine est à 10800 s de celle de la base, qui est suivie. Réglez-la (NTP).'
    """
    if not drift:
        return "Horloge : celle de cette machine et celle de la base s’accordent."
    seconds = abs(drift.total_seconds())
    return (
        f"Horloge : celle de cette machine est à {seconds:.0f} s de celle de la base, qui est suivie. "
        "Réglez-la (NTP)."
    )


async def _examine(house: composition.House) -> list[str]:
    version = await fetch_value(pool("web"), "SHOW server_version")
    lines = [f"Base : PostgreSQL {version}, connexion sans droit de propriété.", clock_line(clock.drift())]
    for part in house.components:
        if part.examine is not None:
            lines += await part.examine(house)
    return lines


@app.command()
def migrate() -> None:
    """Créer ou mettre à jour le schéma de la base (QUALITY_OWNER_URL)."""
    settings = from_environment()
    server = postgres.start(settings.home) if settings.is_embedded else None
    try:
        asyncio.run(_migrate(settings, server))
        out.print("Le schéma est à jour.")
    finally:
        if server is not None:
            server.stop()


async def _migrate(settings: Settings, server: postgres.Server | None) -> None:
    from quality.db import credentials

    owner = server.owner_url if server else settings.owner_url
    if not owner:
        raise Refused("Réglez QUALITY_OWNER_URL : le compte propriétaire crée les tables.")
    login = postgres.APPLICATION if server else credentials(settings.database_url)["user"]
    await schema.migrate(
        owner, login, component.load(composition.COMPONENTS), creates_login=server is not None
    )


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Adresse d’écoute.")] = LOOPBACK_ONLY,
    port: Annotated[int, typer.Option(help="Port d’écoute.")] = 8000,
) -> None:
    """Servir les pages et l’API."""
    serve_house(composition.compose(from_environment()), host, port)


def serve_house(house: composition.House, host: str, port: int) -> None:
    """Run uvicorn until a signal; X-Forwarded-* is trusted from the proxies of the settings only."""
    import uvicorn

    from quality.web.serving import GatheringProtocol

    uvicorn.run(
        composition.create_app(house),
        http=GatheringProtocol,
        host=host,
        port=port,
        log_level=house.settings.log_level,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=house.settings.trusted_proxies,
    )


@app.command()
def worker() -> None:
    """Exécuter les tâches : décisions, envois, courriers, échéances."""
    from quality.worker import work

    asyncio.run(work(composition.compose(from_environment())))


@app.command("run-job")
def run_job(name: Annotated[str, typer.Argument(help="Nom de la tâche.")]) -> None:
    """Exécuter une tâche une fois, maintenant."""

    async def verb(house: composition.House) -> None:
        if name not in house.jobs:
            raise Refused(
                "Tâche inconnue : {name}. Connues : {known}.", name=name, known=", ".join(sorted(house.jobs))
            )
        await jobs.run_now(house, house.jobs[name])

    run(verb)
    out.print(f"{name} : fait.")


@app.command()
def purge(
    *, as_json: Annotated[bool, typer.Option("--json", help="Écrire les nombres en JSON.")] = False
) -> None:
    """Effacer ce dont la durée de conservation est passée, et dire combien de lignes sont parties."""

    async def verb(house: composition.House) -> tuple[dict[str, str], dict[str, int]]:
        return {term.name: term.label for term in house.terms}, await retention.purge(house)

    labels, gone = run(verb)
    if as_json:
        typer.echo(msgspec.json.encode(gone))
        return
    for name, count in gone.items():
        out.print(f"{name} : {count} ({labels[name]})", highlight=False)


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port d’écoute, sur cette machine seulement.")] = 8000,
) -> None:
    """Servir la démonstration : données fictives, horloge virtuelle, tous les rôles."""
    from quality.demo.running import serve_demo

    serve_demo(from_environment(), port)


def main() -> None:
    """Run the command line; a refusal is one clear sentence and exit code 1."""
    for part in component.load(composition.COMPONENTS):
        if part.commands is not None:
            part.commands(app)
    try:
        app()
    except QualityError as error:
        Console(stderr=True).print(str(error), style="bold red", highlight=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
