"""The fixed cast: Aide 34 (provider), Hérault and CNAV (funders), and Gironde, who must see nothing."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import httpx

from quality import clock
from quality.access.actor import Actor, operator
from quality.access.scope import scoped
from quality.app import House
from quality.db import execute
from quality.ids import uuid7, uuid7_of

PLATFORM_PHONE = "+33467000000"
AIDE_34 = "73282932000074"
CAP_DOMICILE = "55208131766522"


@dataclass
class World:
    """The identifiers of the cast, and an actor for each role."""

    house: House
    platform: UUID
    aide34: UUID
    cap: UUID
    herault: UUID
    cnav: UUID
    gironde: UUID
    observer: UUID
    extra: dict[str, object] = field(default_factory=dict)

    def actor(self, role: str, organisation: UUID | None = None) -> Actor:
        return Actor(role=role, platform=self.platform, organisation=organisation, name=role.capitalize())

    @property
    def provider(self) -> Actor:
        return self.actor("provider", self.aide34)

    @property
    def funder(self) -> Actor:
        return self.actor("funder", self.herault)

    @property
    def stranger(self) -> Actor:
        """Gironde, the funder who finances nobody."""
        return self.actor("funder", self.gironde)

    @property
    def staff(self) -> Actor:
        return self.actor("platform")

    @property
    def agent(self) -> Actor:
        return self.actor("agent")

    @property
    def operator(self) -> Actor:
        return operator(self.platform)


async def build(house: House) -> World:
    """Write the cast, in one order in every test: one platform, two providers, three funders, an observer."""
    cast = ("platform", "aide34", "cap", "herault", "cnav", "gironde", "observer")
    now = clock.now()
    ids = {name: uuid7_of(now, rank) for rank, name in enumerate(cast)}
    world = World(house, **ids)
    async with scoped(world.operator) as db:
        await execute(
            db,
            """
            INSERT INTO platform (id, code, name, sms_name, phone, hours, closing_days, sender_email,
                data_contact, mediator,
                legal_notice, interval_days, stratum_target, protocol, created_at)
            VALUES ($1, 'PLE34', 'Pléiades Services', 'Pleiades', $2,
                'Du lundi au vendredi, de 10 h à 12 h 30 et de 14 h à 18 h.',
                '[]', 'avis@pleiades.invalid', 'donnees@pleiades.invalid', '', '', 30, 40, 'default', $3)
            """,
            world.platform,
            PLATFORM_PHONE,
            clock.now(),
        )
        columns = zip(*_organisations(world), strict=True)
        await execute(db, ORGANISATIONS, world.platform, clock.now() - timedelta(days=400), *columns)
        for part in house.components:
            if part.on_platform_created is not None:
                await part.on_platform_created(db, world.platform)
    return world


ORGANISATIONS = """
INSERT INTO organisation (id, platform_id, code, kind, name, short_name, legal_form, siret,
    departement, email, phone, on_call_name, on_call_phone, activities, created_at)
SELECT o.id, $1, o.code, o.kind, o.name, o.short_name, o.legal_form,
       CASE o.kind WHEN 'provider' THEN o.code END, o.departement, '', '', '', '',
       CASE o.kind WHEN 'provider' THEN ARRAY['I-3', 'II-1'] ELSE '{}' END, $2
FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
    AS o(id, code, kind, name, short_name, legal_form, departement)
"""


def _organisations(w: World) -> list[tuple[object, ...]]:
    return [
        (w.aide34, AIDE_34, "provider", "Aide 34", "Aide 34", "association", "34"),
        (w.cap, CAP_DOMICILE, "provider", "Cap Domicile", "Cap Domicile", "entreprise", "34"),
        (w.herault, "D34", "funder", "Département de l’Hérault", "Hérault", None, "34"),
        (w.cnav, "CNAV", "funder", "Cnav", "Cnav", None, None),
        (w.gironde, "D33", "funder", "Département de la Gironde", "Gironde", None, "33"),
        (w.observer, "OBS", "observer", "Observatoire", "Observatoire", None, None),
    ]


async def sign_in(
    client: httpx.AsyncClient, world: World, role: str, organisation: UUID | None = None
) -> str:
    """Give a browser a session of this role; return the token its forms must carry (field `jeton`)."""
    import hashlib
    import hmac
    import secrets

    token = secrets.token_urlsafe(16)
    account, membership = uuid7(clock.now()), uuid7(clock.now())
    async with scoped(world.operator) as db:
        await execute(
            db,
            "INSERT INTO account (id, email, name, language, is_active, created_at) "
            "VALUES ($1, $2, $3, 'fr', true, now())",
            account,
            f"{role}-{account.hex[-8:]}@demo.invalid",
            "Camille Essai",
        )
        await execute(
            db,
            "INSERT INTO membership (id, platform_id, account_id, organisation_id, role) "
            "VALUES ($1, $2, $3, $4, $5)",
            membership,
            world.platform,
            account,
            organisation,
            role,
        )
        await execute(
            db,
            """
            INSERT INTO session (id, token_hash, membership_id, created_at, seen_at, expires_at)
            VALUES ($1, $2, $3, now(), now(), now() + interval '1 day')
            """,
            uuid7(clock.now()),
            hashlib.sha256(token.encode()).digest(),
            membership,
        )
    client.cookies.set("session", token)
    return hmac.new(world.house.keyring.subkey("csrf"), token.encode(), hashlib.sha256).hexdigest()
