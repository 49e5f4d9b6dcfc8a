"""Commands of access: platforms, organisations, accounts, keys, and the audit trail verified."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from quality.access import accounts, audit, founding, keys
from quality.access.actor import WITH_ORGANISATION, operator
from quality.access.founding import NewOrganisation
from quality.access.scope import scoped
from quality.commands import organisation_of, platform_of, run
from quality.errors import Refused

if TYPE_CHECKING:
    from quality.access.accounts import Newcomer
    from quality.access.actor import Actor
    from quality.app import House

PlatformOption = Annotated[str | None, typer.Option("--platform", help="Code de la plateforme.")]
OrganisationOption = Annotated[str | None, typer.Option("--organisation", help="Code de l’organisme.")]
Name = Annotated[str, typer.Option("--name", help="Nom affiché.")]

platform_group = typer.Typer(no_args_is_help=True, help="Les plateformes.")
organisation_group = typer.Typer(no_args_is_help=True, help="Les organismes, financeurs et observateurs.")
account_group = typer.Typer(no_args_is_help=True, help="Les accès des personnes.")
key_group = typer.Typer(no_args_is_help=True, help="Les clés d’API.")
audit_group = typer.Typer(no_args_is_help=True, help="Le journal scellé des actions.")


def commands(app: typer.Typer) -> None:
    """Add the groups of this module to the command line."""
    app.add_typer(platform_group, name="platform")
    app.add_typer(organisation_group, name="organisation")
    app.add_typer(account_group, name="account")
    app.add_typer(key_group, name="key")
    app.add_typer(audit_group, name="audit")


@platform_group.command("create")
def create_platform(
    code: Annotated[str, typer.Argument(help="Code court, par exemple PLE34.")],
    name: Name,
    phone: Annotated[str, typer.Option(help="Numéro non surtaxé.")] = "",
) -> None:
    """Créer une plateforme, avec son questionnaire et ses protocoles."""

    async def verb(house: "House") -> None:
        await founding.create_platform(house, code, name, phone=phone)

    run(verb)
    typer.echo(f"Plateforme {code} créée.")


@organisation_group.command("create")
def create_organisation(
    *,
    code: Annotated[str, typer.Argument(help="Code ; pour un organisme, son SIRET.")],
    kind: Annotated[str, typer.Option(help="provider, funder ou observer.")],
    name: Name,
    short_name: Annotated[str, typer.Option(help="Nom dans les SMS, 17 caractères au plus.")] = "",
    legal_form: Annotated[str, typer.Option(help="Forme juridique d’un organisme.")] = "",
    departement: Annotated[str, typer.Option(help="Département du siège.")] = "",
    email: Annotated[str, typer.Option(help="Adresse e-mail.")] = "",
    platform: PlatformOption = None,
) -> None:
    """Créer un organisme, un financeur ou un observateur."""
    wanted = NewOrganisation(code, kind, name, short_name, legal_form, departement, email)

    async def verb(_house: "House") -> None:
        await founding.create_organisation(await _operator(platform), wanted)

    run(verb)
    typer.echo(f"Organisme {code} créé.")


@account_group.command("create")
def create_account(
    *,
    email: Annotated[str, typer.Argument(help="Adresse e-mail de la personne.")],
    role: Annotated[str, typer.Option(help="Rôle, par exemple platform ou provider.")],
    organisation: OrganisationOption = None,
    platform: PlatformOption = None,
    name: Annotated[str, typer.Option(help="Nom affiché ; sans lui, l’adresse.")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Lire le mot de passe sur l’entrée.")
    ] = False,
) -> None:
    """Ouvrir un accès ; affiche le lien d’invitation, valable trois jours."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None

    async def verb(house: "House") -> str:
        actor = await _operator(platform)
        newcomer = await _newcomer(actor, email, name or email, role, organisation)
        if password is not None:
            await accounts.create_account_with_password(actor, newcomer, password)
            return "Accès ouvert, avec le mot de passe donné."
        invitation = await accounts.create_account(actor, newcomer, house.settings.base_url)
        return invitation.link or "Accès ouvert : cette personne a déjà un mot de passe."

    typer.echo(run(verb))


@key_group.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="À quoi sert la clé.")],
    organisation: Annotated[str, typer.Option("--organisation", help="Code de l’organisme.")],
    platform: PlatformOption = None,
) -> None:
    """Créer une clé d’API ; elle n’est affichée qu’une fois."""

    async def verb(_house: "House") -> str:
        actor = await _operator(platform)
        async with scoped(actor) as db:
            found = await organisation_of(db, await platform_of(db, platform), organisation)
        return await keys.create_key(actor, name, found)

    typer.echo(run(verb))


@key_group.command("revoke")
def revoke_key(
    name: Annotated[str, typer.Argument(help="Le nom donné à la clé.")],
    organisation: Annotated[str, typer.Option("--organisation", help="Code de l’organisme.")],
    platform: PlatformOption = None,
) -> None:
    """Révoquer à l’instant les clés d’API de ce nom."""

    async def verb(_house: "House") -> int:
        actor = await _operator(platform)
        async with scoped(actor) as db:
            found = await organisation_of(db, await platform_of(db, platform), organisation)
        named = await keys.keys_named(actor, name, found)
        if not named:
            raise Refused("Aucune clé ouverte de cet organisme ne porte ce nom : {name}.", name=name)
        for key in named:
            await keys.revoke_key(actor, key)
        return len(named)

    typer.echo(f"Clés révoquées : {run(verb)}.")


@audit_group.command("verify")
def verify_audit() -> None:
    """Vérifier que chaque ligne du journal scelle bien la précédente."""

    async def verb(_house: "House") -> None:
        async with scoped(operator()) as db:
            broken = await audit.breaks(db)
        if broken:
            raise Refused(
                "Le journal a été modifié : lignes {lines}.", lines=", ".join(str(line) for line in broken)
            )

    run(verb)
    typer.echo("Le journal est intact.")


async def _operator(code: str | None) -> "Actor":
    async with scoped(operator()) as db:
        return operator(await platform_of(db, code))


async def _newcomer(actor: "Actor", email: str, name: str, role: str, organisation: str | None) -> "Newcomer":
    found = None
    if organisation is not None and actor.platform is not None:
        kind = role if role in WITH_ORGANISATION else None
        async with scoped(actor) as db:
            found = await organisation_of(db, actor.platform, organisation, kind=kind)
    return accounts.checked(email, name, role, found)
