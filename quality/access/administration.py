"""/admin: the platform's settings, who has access, and the audit trail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.access import accounts, platform_settings
from quality.access.actor import ROLE_LABELS, Actor, Role
from quality.access.models import Account, Audit, Membership
from quality.access.platform_settings import FIELDS, PlatformSettings
from quality.access.refusals import Errors, said
from quality.access.scope import scoped, visible
from quality.component import MenuEntry
from quality.directory.geography import DEPARTEMENTS
from quality.directory.matching import alphabetical
from quality.directory.models import Organisation
from quality.errors import Invalid, NotFound
from quality.french import french
from quality.web import format as text
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

MANAGERS = frozenset({Role.admin, Role.platform})
ACCOUNTS_A_PAGE, AUDIT_LINES = 100, 100


@dataclass(frozen=True, slots=True)
class PlatformForm:
    """/admin: `values` are what the fields hold, by name of field; `departements` are (code, words)."""

    values: Mapping[str, str]
    departements: tuple[tuple[str, str], ...]
    keeps_territories: bool
    is_saved: bool
    errors: Errors = ()


@dataclass(frozen=True, slots=True)
class AccountLine:
    account: UUID
    name: str
    email: str
    role: str
    organisation: str
    is_waiting: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class AccountList:
    """/admin/comptes: who has access, and the form that lets somebody in."""

    lines: Sequence[AccountLine]
    total: int
    previous: str | None
    following: str | None
    roles: Sequence[tuple[str, str]]
    organisations: Sequence[tuple[str, str]]
    values: Mapping[str, str]
    done: str
    errors: Errors = ()


@dataclass(frozen=True, slots=True)
class AuditLine:
    at: str
    who: str
    action: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """/admin/journal: the last hundred lines."""

    lines: Sequence[AuditLine]


ACTIONS = {
    "account.create": french("Accès ouvert"),
    "account.deactivate": french("Accès fermé"),
    "password.set": french("Mot de passe choisi"),
    "sign_in.done": french("Connexion"),
    "session.end_others": french("Autres sessions fermées"),
    "key.create": french("Clé d’API créée"),
    "key.revoke": french("Clé d’API fermée"),
    "platform.create": french("Plateforme créée"),
    "platform.change": french("Réglages changés"),
    "client.search": french("Recherche d’une personne"),
    "call.search": french("Recherche de qui appelle"),
    "call.incoming": french("Appel reçu pris"),
    "call.recode": french("Issue d’un appel corrigée"),
    "call.review": french("Appel relu"),
    "call.read": french("Appel ouvert pour relecture"),
    "call.supervise": french("Dossier d’appel traité par un superviseur"),
    "desk.team": french("Équipe d’appels changée"),
    "desk.team_remove": french("Équipe d’appels supprimée"),
    "desk.agent": french("Réglages d’un agent changés"),
    "desk.notice": french("Consigne donnée"),
    "desk.notice_remove": french("Consigne retirée"),
    "protocol.assign": french("Protocole donné à un organisme ou à la plateforme"),
    "protocol.discard": french("Brouillon de protocole supprimé"),
    "protocol.draft": french("Brouillon de protocole ouvert"),
    "protocol.publish": french("Protocole publié"),
    "channel.hold": french("Canal suspendu"),
    "channel.resume": french("Canal repris"),
    "channel.budget": french("Limite du jour d’un canal changée"),
    "message.write": french("Mots d’un message changés"),
    "message.again": french("Message arrêté prévu de nouveau"),
    "message.abandon": french("Message arrêté abandonné"),
    "organisation.create": french("Organisme créé"),
    "territory.create": french("Territoire ajouté"),
    "territory.change": french("Territoire changé"),
}


async def platform_form(request: Request) -> Response:
    values = values_of(await platform_settings.stored(signed_in(request)))
    return await render(request, _form(request, values, is_saved="fait" in request.query_params))


def _form(
    request: Request, values: Mapping[str, str], errors: Errors = (), *, is_saved: bool = False
) -> PlatformForm:
    """Give the form; who keeps the network of a platform finds its territories there."""
    return PlatformForm(values, _places(), signed_in(request).role == Role.platform, is_saved, errors)


def _places() -> tuple[tuple[str, str], ...]:
    return (("", _("Choisir")), *((code, f"{code} {each.label}") for code, each in DEPARTEMENTS.items()))


def values_of(settings: PlatformSettings) -> dict[str, str]:
    """Return what the form's fields hold."""
    values = {field: getattr(settings, column) for column, field in FIELDS.items()}
    days = "\n".join(f"{day[8:]}/{day[5:7]}/{day[:4]}" for day in settings.closing_days)
    phone = text.phone_text(settings.phone)
    return {**{field: str(value) for field, value in values.items()}, "fermetures": days, "telephone": phone}


async def change_platform(request: Request) -> Response:
    typed = {field: str(value) for field, value in (await request.form()).items()}
    try:
        wanted = platform_settings.read(typed, allow_fiction=request.app.state.house.settings.demo)
    except Invalid as error:
        filled = {field: typed.get(field, "") for field in FIELDS.values()}
        return await render(request, _form(request, filled, said(error)), 422)
    await platform_settings.change(signed_in(request), wanted)
    return RedirectResponse("/admin?fait=oui", 303)


async def account_list(
    request: Request, values: Mapping[str, str] | None = None, errors: Errors = (), status: int = 200
) -> Response:
    actor = signed_in(request)
    number = _page_number(request)
    async with scoped(actor):
        lines, total = await _accounts(actor, number)
        listed = AccountList(
            lines=lines,
            total=total,
            previous=f"?page={number - 1}" if number > 1 else None,
            following=f"?page={number + 1}" if number * ACCOUNTS_A_PAGE < total else None,
            roles=_roles(actor),
            organisations=await _organisations(actor),
            values=values or {"email": "", "nom": "", "role": Role.provider.value, "organisme": ""},
            done=request.query_params.get("fait", ""),
            errors=errors,
        )
    return await render(request, listed, status)


def _page_number(request: Request) -> int:
    asked = request.query_params.get("page", "1")
    return int(asked) if asked.isascii() and asked.isdigit() and 1 <= len(asked) <= 4 and int(asked) else 1


async def _accounts(actor: Actor, number: int) -> tuple[list[AccountLine], int]:
    held = visible(actor, Membership)
    total = await held.count()
    rows = await (
        held.order_by("account__name", "id")
        .offset((number - 1) * ACCOUNTS_A_PAGE)
        .limit(ACCOUNTS_A_PAGE)
        .values("account_id", "account__name", "account__email", "role", "organisation__name")
    )
    waiting = set(await visible(actor, Account).filter(password__isnull=True).values_list("id", flat=True))
    return [_line(actor, row, row["account_id"] in waiting) for row in rows], total


def _line(actor: Actor, row: Mapping[str, object], is_waiting: bool) -> AccountLine:
    return AccountLine(
        account=UUID(str(row["account_id"])),
        name=str(row["account__name"]),
        email=str(row["account__email"]),
        role=_(ROLE_LABELS[Role(str(row["role"]))]),
        organisation=str(row["organisation__name"] or ""),
        is_waiting=is_waiting,
        is_own=row["account_id"] == actor.account,
    )


def _roles(actor: Actor) -> tuple[tuple[str, str], ...]:
    return tuple((role.value, _(ROLE_LABELS[role])) for role in Role if role in accounts.MAY_GIVE[actor.role])


async def _organisations(actor: Actor) -> tuple[tuple[str, str], ...]:
    rows = await visible(actor, Organisation).order_by("id").values_list("id", "name")
    named = sorted(((str(key), str(name)) for key, name in rows), key=lambda pair: alphabetical(pair[1]))
    return (("", _("Aucun : la plateforme elle-même")), *named)


async def invite(request: Request) -> Response:
    typed = {name: str(value) for name, value in (await request.form()).items()}
    values = {name: typed.get(name, "") for name in ("email", "nom", "role", "organisme")}
    try:
        organisation = await _chosen_organisation(signed_in(request), values["organisme"])
        newcomer = accounts.checked(values["email"], values["nom"], values["role"], organisation)
        base_url = request.app.state.house.settings.base_url
        await accounts.create_account(signed_in(request), newcomer, base_url)
    except Invalid as error:
        return await account_list(request, values, said(error), 422)
    return RedirectResponse("/admin/comptes?fait=invitation", 303)


async def _chosen_organisation(actor: Actor, asked: str) -> UUID | None:
    if not asked:
        return None
    async with scoped(actor):
        known = {str(key): key for key, _name in await visible(actor, Organisation).values_list("id", "name")}
    if asked not in known:
        raise NotFound
    return UUID(asked)


async def deactivate(request: Request) -> Response:
    await accounts.deactivate(signed_in(request), request.path_params["account"])
    return RedirectResponse("/admin/comptes?fait=fermeture", 303)


async def audit_trail(request: Request) -> Response:
    actor = signed_in(request)
    zone = (await card_of(actor.platform)).zone
    async with scoped(actor):
        rows = await visible(actor, Audit).order_by("-id").limit(AUDIT_LINES)
        names = dict(await visible(actor, Account).values_list("id", "name"))
    return await render(request, AuditTrail(tuple(_audit_line(row, names, zone) for row in rows)))


def _audit_line(row: Audit, names: Mapping[object, object], zone: ZoneInfo) -> AuditLine:
    who = str(names.get(row.account_id, "")) if row.account_id else _("Ligne de commande")
    return AuditLine(
        at=text.moment_text(row.at.astimezone(zone), languages.current()),
        who=who or _("Ancien compte"),
        action=_(ACTIONS.get(row.action, row.action)),
        subject=row.subject,
        detail=msgspec.json.encode(row.detail).decode() if row.detail else "",
    )


ROUTES = (
    page("/admin", platform_form, roles=MANAGERS),
    page("/admin", change_platform, roles=MANAGERS, methods=("POST",)),
    page("/admin/comptes", account_list, roles=MANAGERS),
    page("/admin/comptes", invite, roles=MANAGERS, methods=("POST",)),
    page("/admin/comptes/{account:uuid}/fermer", deactivate, roles=MANAGERS, methods=("POST",)),
    page("/admin/journal", audit_trail, roles=MANAGERS),
)
MENU = (MenuEntry("/admin", "Administration", "settings", MANAGERS, rank=90),)
