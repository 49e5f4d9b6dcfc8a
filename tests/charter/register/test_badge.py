"""The badge, verified by a library that is not ours: altered, expired and withheld ones are refused."""

from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, ExpiredTokenError
from joserfc.jwk import OKPKey
from openvc.status import check_credential_status, check_credential_status_async

from charter.adhesion.life import Event
from charter.adhesion.moving import decide
from charter.register.badge import Held, Issuer, badge, issuer_key, public_key, states
from charter.review.deciding import accept
from tests.charter.reviewed import a_file, suspend
from tests.world import World

# Badges of today are verified under the name EdDSA; RFC 9864 prefers « Ed25519 » for the same signature.
pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
ISSUER = Issuer(issuer_key(b"k" * 32), "https://suivi.invalid", "Pléiades Services")
OF = Held("0190aaaa", 9, "Aide 34", "Charte nationale", date(2026, 12, 1), date(2028, 11, 30))


def claims_of(token: str, key: dict[str, str], now: datetime) -> dict[str, object]:
    """Verify a token as anybody would: its signature, then its dates."""
    found = jwt.decode(token, OKPKey.import_key(key), algorithms=["EdDSA"])
    jwt.JWTClaimsRegistry(now=int(now.timestamp())).validate(found.claims)
    return found.claims


def is_withheld(token: str, key: dict[str, str], rank: int, now: datetime) -> bool:
    """Read one bit of the list of states, as whoever checks a badge of that rank does."""
    entry = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "suspension",
        "statusListIndex": str(rank),
        "statusListCredential": ISSUER.states,
    }
    held = {"credentialStatus": entry}
    return check_credential_status(held, resolve_status_list=lambda _: claims_of(token, key, now)).suspended


def test_a_badge_is_verified_and_says_who_adheres_until_when() -> None:
    claims = claims_of(badge(OF, ISSUER), public_key(ISSUER), datetime(2027, 1, 1, tzinfo=UTC))
    assert claims["validUntil"] == "2028-12-01T00:00:00+00:00"
    subject = claims["credentialSubject"]
    assert isinstance(subject, dict)
    assert subject["identifier"][0]["identityHash"] == "Aide 34"


def test_an_altered_badge_is_refused() -> None:
    head, body, seal = badge(OF, ISSUER).split(".")
    other = badge(Held("0190aaaa", 9, "Cap", "Charte", OF.starts_on, OF.ends_on), ISSUER).split(".")[1]
    for token in (f"{head}.{other}.{seal}", f"{head}.{body}.{'A' * len(seal)}"):
        with pytest.raises(BadSignatureError):
            claims_of(token, public_key(ISSUER), datetime(2027, 1, 1, tzinfo=UTC))


def test_a_badge_of_another_issuer_is_refused() -> None:
    with pytest.raises(BadSignatureError):
        claims_of(
            badge(OF, ISSUER),
            public_key(replace(ISSUER, key=issuer_key(b"o" * 32))),
            datetime(2027, 1, 1, tzinfo=UTC),
        )


def test_an_expired_badge_is_refused_from_the_day_after_its_last() -> None:
    token, key = badge(OF, ISSUER), public_key(ISSUER)
    claims_of(token, key, datetime(2028, 11, 30, 23, 59, tzinfo=UTC))
    with pytest.raises(ExpiredTokenError):
        claims_of(token, key, datetime(2028, 12, 1, 0, 1, tzinfo=UTC))


def test_the_list_of_states_sets_the_bit_of_each_adhesion_that_does_not_hold() -> None:
    now = datetime(2027, 1, 1, tzinfo=UTC)
    token = states([0, 9, 131_071], 131_071, ISSUER, now)
    set_ones = [
        rank for rank in (0, 1, 8, 9, 10, 131_071) if is_withheld(token, public_key(ISSUER), rank, now)
    ]
    assert set_ones == [0, 9, 131_071]


def test_the_list_of_states_grows_with_the_ranks() -> None:
    now = datetime(2027, 1, 1, tzinfo=UTC)
    token = states([131_072], 131_073, ISSUER, now)
    ranks = (131_071, 131_072, 131_073)
    assert [is_withheld(token, public_key(ISSUER), rank, now) for rank in ranks] == [False, True, False]


def test_another_key_has_another_address() -> None:
    other = replace(ISSUER, key=issuer_key(b"o" * 32))
    assert OKPKey.import_key(public_key(ISSUER)).thumbprint() in ISSUER.key_address
    assert ISSUER.key_address != other.key_address


async def test_the_key_is_found_from_the_badge_alone_and_it_is_one_that_its_issuer_publishes(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await accept(world.staff, await a_file(world, owner))
    adhesion = await owner.fetchval("SELECT id FROM adhesion")
    for address in (f"/registre/{adhesion}/badge.jwt", "/registre/etats.jwt"):
        token = (await client.get(address)).text
        named = str(jws.extract_compact(token.encode()).headers()["kid"])
        key = (await client.get(urlsplit(named).path)).json()
        claims = jwt.decode(token, OKPKey.import_key(key), algorithms=["EdDSA"]).claims
        issuer = (await client.get(urlsplit(claims["iss"]).path)).json()
        assert named.startswith(issuer["url"])
        assert key in issuer["keys"]
    assert (await client.get(f"/registre/cles/{'A' * 43}.json")).status_code == 404


def test_a_badge_names_its_holder_as_its_subject() -> None:
    claims = claims_of(badge(OF, ISSUER), public_key(ISSUER), datetime(2027, 1, 1, tzinfo=UTC))
    subject = claims["credentialSubject"]
    assert isinstance(subject, dict)
    assert claims["sub"] == subject["id"] == "https://suivi.invalid/registre/0190aaaa#titulaire"


async def test_a_suspended_adhesion_is_withheld_and_its_page_says_so(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await accept(world.staff, await a_file(world, owner))
    row = await owner.fetchrow("SELECT id, rank FROM adhesion")
    now = datetime.now(UTC)
    key = (await client.get("/registre/emetteur.json")).json()["keys"][0]
    page = f"/registre/{row['id']}"
    token = (await client.get(f"{page}/badge.jwt")).text
    assert jwt.decode(token, OKPKey.import_key(key), algorithms=["EdDSA"]).claims["jti"].endswith("badge.jwt")
    listed = (await client.get("/registre/etats.jwt")).text
    later = max(now, datetime(2030, 1, 1, tzinfo=UTC))
    assert not is_withheld(listed, key, row["rank"], later)
    shown = (await client.get(page)).text
    assert "L’adhésion est en cours" in shown
    assert "<svg" in shown

    await suspend(owner)
    assert is_withheld((await client.get("/registre/etats.jwt")).text, key, row["rank"], later)
    assert (await client.get(f"{page}/badge.jwt")).status_code == 404
    assert "L’adhésion est suspendue depuis le" in (await client.get(page)).text
    assert "Adhésion suspendue" in (await client.get(f"{page}/badge.svg")).text


async def test_a_badge_taken_before_is_refused_once_the_adhesion_is_withdrawn(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await accept(world.staff, await a_file(world, owner))
    adhesion = await owner.fetchval("SELECT id FROM adhesion")
    key = (await client.get("/registre/emetteur.json")).json()["keys"][0]
    now = datetime(2027, 1, 1, tzinfo=UTC)
    badge = claims_of((await client.get(f"/registre/{adhesion}/badge.jwt")).text, key, now)

    async def listed(address: str) -> dict[str, object]:
        return claims_of((await client.get(urlsplit(address).path)).text, key, now)

    before = await check_credential_status_async(badge, resolve_status_list=listed)
    await decide(world.staff, adhesion, Event.revoke, "Le certificat était celui d’un autre.")
    after = await check_credential_status_async(badge, resolve_status_list=listed)
    assert (before.suspended, after.suspended) == (False, True)
    assert after.entries[0].entry.status_list_credential.endswith("/registre/etats.jwt")


async def test_the_register_is_found_by_departement_and_activity(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    assert "Aucune adhésion ici" in (await client.get("/registre")).text
    await accept(world.staff, await a_file(world, owner))
    for query, is_there in (
        ("", True),
        ("?departement=34&activite=I-3", True),
        ("?departement=33", False),
        ("?activite=II-9", False),
        ("?departement=zz&page=x", True),
    ):
        assert ("Aide 34" in (await client.get(f"/registre{query}")).text) is is_there
    assert (await client.get("/registre/0190aaaa-0000-7000-8000-000000000001")).status_code == 404
    assert (await client.get("/registre/inconnu.json")).status_code == 404
