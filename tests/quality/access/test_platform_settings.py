"""The platform's settings: read strictly, every refusal at once, and used by the next page."""

from dataclasses import replace

import asyncpg
import pytest

from quality.access import platform_settings
from quality.access.platform_settings import PlatformSettings
from quality.errors import Invalid, NotFound
from quality.web.platform import card_of
from tests.world import World

FORM = {
    "nom": "Pléiades Services",
    "nom-sms": "Pléiades",
    "telephone": "04 67 12 34 56",
    "horaires": "Du lundi au vendredi.",
    "fermetures": "24/12/2026\n\n2026-05-15",
    "departement": "974",
    "expediteur": "avis@pleiades.invalid",
    "donnees": "donnees@pleiades.invalid",
    "mediateur": "Le médiateur",
    "mentions": "Pléiades,  association.\r\n\r\nMontpellier.",
    "intervalle": "30",
    "cible": "40",
    "lignes": "10",
    "appels-heure": "8",
}


def refused(**fields: str) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        platform_settings.read({**FORM, **{name.replace("_", "-"): value for name, value in fields.items()}})
    return [entry.field for entry in refusal.value.errors]


def test_a_good_form_is_read_whole() -> None:
    assert platform_settings.read(FORM) == PlatformSettings(
        name="Pléiades Services",
        sms_name="Pléiades",
        phone="+33467123456",
        hours="Du lundi au vendredi.",
        closing_days=("2026-05-15", "2026-12-24"),
        departement="974",
        sender_email="avis@pleiades.invalid",
        data_contact="donnees@pleiades.invalid",
        mediator="Le médiateur",
        legal_notice="Pléiades, association.\n\nMontpellier.",
        interval_days=30,
        stratum_target=40,
        call_lines=10,
        calls_per_hour=8,
    )


def test_a_name_outside_gsm7_is_transliterated_for_sms() -> None:
    assert platform_settings.read({**FORM, "nom-sms": "L’Ânée"}).sms_name == "L'Anée"


@pytest.mark.parametrize(
    "number", ["0 899 12 34 56", "0 820 20 20 20", "3617", "04 67", "+32 470 12 34 56", ""]
)
def test_a_surtaxed_or_foreign_number_is_refused(number: str) -> None:
    assert refused(telephone=number) == ["telephone"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nom", ""),
        ("nom", "x" * 81),
        ("nom_sms", "Une plateforme au nom long"),
        ("nom_sms", ""),
        ("horaires", " "),
        ("fermetures", "Noël"),
        ("departement", "999"),
        ("fermetures", "31/02/2026"),
        ("expediteur", "avis"),
        ("donnees", "x" * 255),
        ("mediateur", "x" * 2001),
        ("mentions", "x" * 20_001),
        ("intervalle", "91"),
        ("intervalle", "-1"),
        ("cible", "0"),
        ("cible", "beaucoup"),
        ("lignes", "0"),
        ("lignes", "501"),
        ("appels-heure", "61"),
    ],
)
def test_a_wrong_field_is_refused(field: str, value: str) -> None:
    assert refused(**{field: value}) == [field.replace("_", "-")]


def test_every_wrong_field_is_said_at_once() -> None:
    assert refused(nom="", telephone="3617", cible="0") == ["nom", "telephone", "cible"]
    with pytest.raises(Invalid):
        platform_settings.read({})


async def test_a_change_is_kept_audited_and_shown_at_once(world: World, owner: asyncpg.Connection) -> None:
    await card_of(world.platform)
    wanted = platform_settings.read({**FORM, "nom": "Pléiades Hérault"})
    await platform_settings.change(world.staff, wanted)
    assert await platform_settings.stored(world.staff) == wanted
    card = await card_of(world.platform)
    assert (card.name, card.zone.key) == ("Pléiades Hérault", "Indian/Reunion")
    detail = await owner.fetchval("SELECT detail FROM audit WHERE action = 'platform.change'")
    assert "closing_days" in detail
    assert "Hérault" not in detail


async def test_nothing_changed_writes_nothing(world: World, owner: asyncpg.Connection) -> None:
    await platform_settings.change(world.staff, await platform_settings.stored(world.staff))
    assert await owner.fetchval("SELECT count(*) FROM audit WHERE action = 'platform.change'") == 0


async def test_an_actor_of_nowhere_finds_no_platform(world: World) -> None:
    with pytest.raises(NotFound):
        await platform_settings.stored(replace(world.staff, platform=None))
