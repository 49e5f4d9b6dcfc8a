"""The ground of the demonstration: its platform, organisations, rights, conventions and accounts."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import msgspec

from quality import clock
from quality.access.accounts import checked, create_account_with_password
from quality.access.actor import Actor, Role, operator
from quality.access.founding import NewOrganisation, create_organisation, create_platform
from quality.access.scope import scoped
from quality.app import House
from quality.db import Connection, execute
from quality.demo import cast
from quality.demo.cast import AGREEMENTS, BODIES, INDICATORS, PLAYERS, Agreement
from quality.demo.places import TERRITORIES
from quality.demo.providers import PROVIDERS, Provider
from quality.directory.geography import activity
from quality.measures.agreements.drafting import create_convention, propose
from quality.measures.agreements.terms import Terms
from quality.measures.releases.periods import ONE_DAY, months_after

AUTHORITY = {
    "replan_hours": 48,
    "replace_worker": True,
    "refund_cents": 5000,
    "supervisor": {"refund_cents": 12000},
    "platform": {"mediation": True},
}
ON_CALL = "La permanence"
REPLIES = (
    ("", "Accuser réception", "Bonjour, nous avons bien reçu votre réclamation. Quelqu’un s’en occupe."),
    (
        "",
        "Retard expliqué",
        "Bonjour, la personne qui intervient chez vous a été retardée. Nous vous prions de nous excuser.",
    ),
    (
        cast.AIDE_34.siret,
        "Remplacement annoncé",
        "Bonjour, nous vous appellerons la veille de chaque remplacement.",
    ),
)
DECLARE = """
WITH made AS (
    INSERT INTO territory (id, platform_id, departement, code, name, rank, since, created_at)
    VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, date_trunc('month', $6::date), $7) RETURNING id
)
INSERT INTO territory_postcode (id, platform_id, departement, territory_id, postcode)
SELECT gen_random_uuid(), $1, $2, made.id, p FROM made, unnest($8::text[]) p
"""
RIGHTS_SINCE_YEARS = 6
EXPERIMENT_MONTHS = 6
AUTHORITIES = {"autorisation": "Département", "agrement": "Préfecture", "declaration": "Préfecture"}


async def lay(house: House, first: date) -> tuple[UUID, dict[str, UUID]]:
    """Write everything that was there before the first visit; return the platform and the ids by code."""
    platform = await create_platform(house, cast.PLATFORM_CODE, cast.PLATFORM_NAME, phone=cast.PLATFORM_PHONE)
    actor = operator(platform)
    ids = {body.code: await create_organisation(actor, _body(body)) for body in BODIES}
    ids |= {provider.siret: await create_organisation(actor, _provider(provider)) for provider in PROVIDERS}
    async with scoped(actor) as db:
        await _write_card(db, platform)
        for provider in PROVIDERS:
            await _entitle(db, platform, ids[provider.siret], provider, first)
    await _declare(Actor(role=Role.platform, platform=platform), first)
    for agreement in AGREEMENTS:
        await create_convention(actor, _terms(agreement, ids, first))
    await _try_ideas(actor, ids, first)
    async with scoped(actor) as db:
        await execute(db, "UPDATE convention SET authority_at = starts_on")
    await _open_accounts(actor, ids)
    await _keep_replies(platform, ids)
    return platform, ids


def _body(body: cast.Body) -> NewOrganisation:
    return NewOrganisation(
        body.code, body.kind, body.name, short_name=body.short_name, departement=body.departement or ""
    )


def _provider(provider: Provider) -> NewOrganisation:
    return NewOrganisation(
        provider.siret,
        "provider",
        provider.name,
        short_name=provider.short_name,
        legal_form=provider.legal_form,
        departement=provider.departement,
        email=f"contact.{provider.rank}@exemple.invalid",
    )


async def _write_card(db: Connection, platform: UUID) -> None:
    await execute(
        db,
        """
        UPDATE platform SET sms_name = $2, hours = $3, sender_email = $4, data_contact = $5, mediator = $6,
            legal_notice = $7, stratum_target = $8 WHERE id = $1
        """,
        platform,
        cast.PLATFORM_SMS_NAME,
        cast.PLATFORM_HOURS,
        cast.SENDER,
        cast.DATA_CONTACT,
        cast.MEDIATOR,
        cast.LEGAL_NOTICE,
        cast.STRATUM_TARGET,
    )


async def _entitle(db: Connection, platform: UUID, identity: UUID, provider: Provider, first: date) -> None:
    """Write a provider's activities, standing and dated rights."""
    since = first.replace(year=first.year - RIGHTS_SINCE_YEARS)
    await execute(
        db,
        "UPDATE organisation SET activities = $2, on_call_name = $3, on_call_phone = $4 WHERE id = $1",
        identity,
        list(provider.activities),
        ON_CALL,
        f"+3346571{8000 + provider.rank:04d}",
    )
    await execute(
        db,
        """
        UPDATE referencing SET since = $2::date, authority = $3::jsonb, authority_at = $2::date
        WHERE provider_id = $1
        """,
        identity,
        first,
        msgspec.json.encode(AUTHORITY).decode(),
    )
    for kind in sorted({activity(code).regime_in(provider.mode) for code in provider.activities}):
        covered = [code for code in provider.activities if activity(code).regime_in(provider.mode) == kind]
        await execute(
            db,
            """
            INSERT INTO authorisation (id, platform_id, organisation_id, kind, number, authority, valid_from,
                activities, departements)
            VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8)
            """,
            platform,
            identity,
            kind,
            f"{kind[:3].upper()}-{provider.departement}-{provider.rank:04d}",
            AUTHORITIES[kind],
            since,
            covered,
            [provider.departement],
        )


async def _declare(manager: Actor, first: date) -> None:
    """Declare the territories of Hérault before its first visit: its figures have them from the beginning."""
    async with scoped(manager) as db:
        for departement, territories in TERRITORIES.items():
            for rank, (code, (name, postcodes)) in enumerate(territories.items(), 1):
                facts = (departement, code, name, rank, first, clock.now(), list(postcodes))
                await execute(db, DECLARE, manager.platform, *facts)


def _terms(agreement: Agreement, ids: dict[str, UUID], first: date) -> Terms:
    return Terms(
        code=agreement.code,
        title=agreement.title,
        funder=ids[agreement.funder],
        providers=tuple(ids[provider.siret] for provider in agreement.providers),
        starts_on=first,
        departements=agreement.departements,
        excludes_mandataire=agreement.excludes_mandataire,
        indicators=agreement.indicators,
        targets=agreement.targets,
        acknowledge_days=agreement.acknowledge_days,
        solution_days=agreement.solution_days,
        authority=AUTHORITY,
    )


async def _try_ideas(actor: Actor, ids: dict[str, UUID], first: date) -> None:
    """Write two experiments of Hérault: one to be signed, one that ended before the first visit."""
    agreement = AGREEMENTS[0]
    drafted = Terms(
        code="appel-du-lendemain",
        title="Banc d’essai : appeler dès le lendemain",
        funder=ids[agreement.funder],
        providers=tuple(ids[provider.siret] for provider in agreement.providers[:2]),
        status="draft",
        starts_on=months_after(first, 4 * EXPERIMENT_MONTHS),
        ends_on=months_after(first, 5 * EXPERIMENT_MONTHS) - ONE_DAY,
        indicators=INDICATORS[:2],
        is_experiment=True,
        hypothesis="Un appel le lendemain fait répondre plus de clients de 85 ans et plus.",
    )
    over = replace(
        drafted,
        code="rappel-du-soir",
        title="Banc d’essai : rappeler les proches le soir",
        status="ended",
        starts_on=months_after(first, -EXPERIMENT_MONTHS),
        ends_on=first - ONE_DAY,
        hypothesis="Un appel entre 18 h et 19 h 30 fait répondre plus de proches.",
    )
    for terms in (over, drafted):
        await create_convention(actor, terms)
    await propose(actor, drafted.code)


async def _open_accounts(actor: Actor, ids: dict[str, UUID]) -> None:
    for player in PLAYERS:
        organisation = ids[player.organisation] if player.organisation else None
        newcomer = checked(player.email, player.name, player.role, organisation)
        await create_account_with_password(actor, newcomer, cast.PASSWORD)


async def _keep_replies(platform: UUID, ids: dict[str, UUID]) -> None:
    """Keep sentences for reuse: the platform's for all, and those of one provider."""
    for code, title, text in REPLIES:
        owner = Actor(Role.provider, platform, ids[code]) if code else Actor(Role.platform, platform)
        async with scoped(owner) as db:
            await execute(
                db,
                """
                INSERT INTO reply_template (id, platform_id, organisation_id, title, text, created_at)
                VALUES (gen_random_uuid(), $1, $2, $3, $4, $5)
                """,
                platform,
                owner.organisation,
                title,
                text,
                clock.now(),
            )
