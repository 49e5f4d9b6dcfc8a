"""/appels/pilotage/equipes and /consignes: teams, lines, languages, hours, and what the desk is told."""

from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from quality.errors import Invalid, NotFound
from surveys.desk.supervision import crew_settings, notices
from surveys.desk.supervision.crew_settings import Work
from tests.surveys.desk.waiting import agent
from tests.world import World, sign_in


async def test_a_team_is_created_once_changed_and_removed(world: World) -> None:
    supervisor = agent(world, "supervisor")
    await crew_settings.create_team(supervisor, " Équipe  du Sud ", "4")
    with pytest.raises(Invalid):
        await crew_settings.create_team(supervisor, "Équipe du Sud", "4")
    (team,) = await crew_settings.teams(supervisor)
    assert (team.name, team.lines) == ("Équipe du Sud", 4)
    await crew_settings.change_lines(supervisor, team.id, "6")
    assert (await crew_settings.teams(supervisor))[0].lines == 6
    await crew_settings.remove_team(supervisor, team.id)
    assert await crew_settings.teams(supervisor) == ()
    for act in (
        crew_settings.change_lines(supervisor, team.id, "6"),
        crew_settings.remove_team(supervisor, team.id),
    ):
        with pytest.raises(NotFound):
            await act


@pytest.mark.parametrize(("name", "lines"), [("", "4"), ("Sud", "0"), ("Sud", "501"), ("Sud", "x")])
async def test_a_team_without_a_name_or_with_impossible_lines_is_refused(
    world: World, name: str, lines: str
) -> None:
    with pytest.raises(Invalid):
        await crew_settings.create_team(agent(world, "supervisor"), name, lines)


@pytest.mark.parametrize(
    ("languages", "starts", "ends"),
    [((), "", ""), (("fr",), "09:00", ""), (("fr",), "17:00", "09:00"), (("fr",), "neuf", "17:00")],
)
def test_how_an_agent_works_is_checked(languages: tuple[str, ...], starts: str, ends: str) -> None:
    with pytest.raises(Invalid):
        crew_settings.work_of("", languages, starts, ends)


def test_a_team_that_is_no_identifier_does_not_exist() -> None:
    with pytest.raises(NotFound):
        crew_settings.work_of("x", ("fr",), "", "")


async def test_an_agent_of_another_platform_is_nobody_s(world: World) -> None:
    with pytest.raises(NotFound):
        await crew_settings.set_agent(agent(world, "supervisor"), uuid4(), Work(None, ("fr",), None, None))


async def test_a_funder_who_must_see_nothing_reads_neither_teams_nor_instructions(world: World) -> None:
    supervisor, gironde = agent(world, "supervisor"), world.actor("funder", world.gironde)
    await crew_settings.create_team(supervisor, "Sud", "4")
    await notices.write(supervisor, "Fermeture", "Le bureau ferme à 16 h vendredi.")
    assert await crew_settings.teams(gironde) == ()
    assert await notices.read(gironde) == ()


async def test_the_page_of_teams_keeps_how_each_agent_works(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await sign_in(client, world, "agent")
    account: UUID = await owner.fetchval("SELECT account_id FROM membership WHERE role = 'agent'")
    token = await sign_in(client, world, "supervisor")
    made = await client.post("/appels/pilotage/equipes", data={"jeton": token, "nom": "Sud", "lignes": "4"})
    assert made.headers["location"] == "/appels/pilotage/equipes?fait"
    team = await owner.fetchval("SELECT id FROM desk_team")
    data = {
        "jeton": token, "equipe": str(team), "langues": ["fr", "ar"], "debut": "09:00", "fin": "17:30",
    }  # fmt: skip
    await client.post(f"/appels/pilotage/agents/{account}", data=data)
    row = await owner.fetchrow("SELECT * FROM desk_agent")
    assert row is not None
    assert (row["id"], row["team_id"], row["languages"]) == (account, team, ["fr", "ar"])
    assert (row["starts_minute"], row["ends_minute"]) == (540, 1050)
    page = await client.get("/appels/pilotage/equipes?fait")
    assert 'value="17:30"' in page.text
    assert "C’est enregistré." in page.text
    wrong = await client.post(f"/appels/pilotage/agents/{account}", data=data | {"langues": []})
    assert (wrong.status_code, "au moins une langue" in wrong.text) == (422, True)
    lines = await client.post(f"/appels/pilotage/equipes/{team}/lignes", data={"jeton": token, "lignes": "0"})
    assert lines.status_code == 422
    again = await client.post("/appels/pilotage/equipes", data={"jeton": token, "nom": "Sud", "lignes": "4"})
    assert (again.status_code, "porte déjà ce nom" in again.text) == (422, True)
    changed = await client.post(
        f"/appels/pilotage/equipes/{team}/lignes", data={"jeton": token, "lignes": "7"}
    )
    assert changed.status_code == 303
    await client.post(f"/appels/pilotage/equipes/{team}/supprimer", data={"jeton": token})
    assert await owner.fetchval("SELECT team_id FROM desk_agent") is None


async def test_the_page_of_instructions_gives_and_takes_back(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "supervisor")
    href = "/appels/pilotage/consignes"
    empty = await client.post(href, data={"jeton": token, "titre": "", "texte": ""})
    assert (empty.status_code, "Écrivez un titre" in empty.text) == (422, True)
    await client.post(href, data={"jeton": token, "titre": "Vendredi", "texte": "Le bureau ferme à 16 h."})
    page = await client.get(f"{href}?fait")
    assert "Le bureau ferme à 16 h." in page.text
    notice = await owner.fetchval("SELECT id FROM desk_notice")
    gone = await client.post(f"{href}/{notice}/supprimer", data={"jeton": token})
    assert gone.status_code == 303
    again = await client.post(f"{href}/{notice}/supprimer", data={"jeton": token})
    assert again.status_code == 404
