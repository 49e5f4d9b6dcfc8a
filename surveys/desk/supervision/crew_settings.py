"""Teams, their lines, and how each agent works: languages, team, hours. Written by supervisors."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import execute, fetch, fetch_value
from quality.directory.intake.vocabulary import LANGUAGES
from quality.errors import FieldError, Invalid, NotFound
from quality.french import french

LONGEST_NAME, MOST_LINES, DAY_MINUTES = 60, 500, 24 * 60
NAME = french("Donnez un nom à l’équipe, en 60 caractères au plus.")
TAKEN = french("Une équipe porte déjà ce nom.")
LINES = french("Écrivez un nombre de lignes, de 1 à 500.")
SPEAKS = french("Choisissez au moins une langue.")
HOURS = french("Écrivez un début et une fin, par exemple 09:00 et 17:00, ou laissez les deux vides.")


@dataclass(frozen=True, slots=True)
class Team:
    id: UUID
    name: str
    lines: int
    agents: int


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who may take calls; without languages of their own they call in French."""

    id: UUID
    name: str
    team_id: UUID | None
    languages: tuple[str, ...]
    starts_minute: int | None
    ends_minute: int | None


@dataclass(frozen=True, slots=True)
class Work:
    """How an agent works."""

    team: UUID | None
    languages: tuple[str, ...]
    starts_minute: int | None
    ends_minute: int | None


async def teams(actor: Actor) -> tuple[Team, ...]:
    async with scoped(actor) as db:
        rows = await fetch(db, TEAMS, actor.platform)
    return tuple(Team(**row) for row in rows)


async def agents(actor: Actor) -> tuple[Agent, ...]:
    async with scoped(actor) as db:
        rows = await fetch(db, AGENTS, actor.platform)
    return tuple(Agent(**{**row, "languages": tuple(row["languages"] or ())}) for row in rows)


TEAMS = """
SELECT t.id, t.name, t.lines, (SELECT count(*) FROM desk_agent a WHERE a.team_id = t.id) AS agents
FROM desk_team t WHERE t.platform_id = $1 ORDER BY t.name, t.id
"""
AGENTS = """
SELECT a.id, a.name, d.team_id, d.languages, d.starts_minute, d.ends_minute
FROM account a LEFT JOIN desk_agent d ON d.id = a.id AND d.platform_id = $1
WHERE a.is_active AND EXISTS (SELECT 1 FROM membership m
    WHERE m.account_id = a.id AND m.platform_id = $1 AND m.role IN ('agent', 'supervisor'))
ORDER BY a.name, a.id
"""


def lines_of(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_LINES):
        raise Invalid(errors=(FieldError("lignes", LINES),))
    return int(text)


def minute_of(text: str) -> int | None:
    """Read an hour of the day; None when nothing was written.

    >>> minute_of("09:30"), minute_of("")
    (570, None)
    """
    if not text:
        return None
    hours, _, minutes = text.partition(":")
    if not (hours.isdigit() and minutes.isdigit() and int(hours) <= 24 and int(minutes) < 60):
        raise Invalid(errors=(FieldError("debut", HOURS),))
    return int(hours) * 60 + int(minutes)


def work_of(team: str, languages: Sequence[str], starts: str, ends: str) -> Work:
    """Read how an agent works from a form, or say what is wrong with it."""
    known = tuple(code for code in LANGUAGES if code in languages)
    if not known:
        raise Invalid(errors=(FieldError("langues", SPEAKS),))
    opens, closes = minute_of(starts), minute_of(ends)
    if (opens is None) != (closes is None) or (
        opens is not None and not opens < (closes or 0) <= DAY_MINUTES
    ):
        raise Invalid(errors=(FieldError("debut", HOURS),))
    try:
        return Work(UUID(team) if team else None, known, opens, closes)
    except ValueError as error:
        raise NotFound from error


async def create_team(actor: Actor, name: str, lines: str) -> None:
    words = " ".join(name.split())
    if not 0 < len(words) <= LONGEST_NAME:
        raise Invalid(errors=(FieldError("nom", NAME),))
    async with scoped(actor) as db:
        made = await fetch_value(db, CREATE, uuid4(), actor.platform, words, lines_of(lines))
        if made is None:
            raise Invalid(errors=(FieldError("nom", TAKEN),))
        await audit.record(db, actor, "desk.team", str(made))


async def change_lines(actor: Actor, team: UUID, lines: str) -> None:
    async with scoped(actor) as db:
        changed = await fetch_value(db, CHANGE, team, actor.platform, lines_of(lines))
        if changed is None:
            raise NotFound
        await audit.record(db, actor, "desk.team", str(team))


async def remove_team(actor: Actor, team: UUID) -> None:
    """Remove a team: its agents and its cases are of no team."""
    async with scoped(actor) as db:
        await execute(
            db,
            "UPDATE desk_agent SET team_id = NULL WHERE team_id = $1 AND platform_id = $2",
            team,
            actor.platform,
        )
        await execute(
            db,
            "UPDATE call_case SET team_id = NULL WHERE team_id = $1 AND platform_id = $2 AND state <> 'done'",
            team,
            actor.platform,
        )
        gone = await fetch_value(
            db, "DELETE FROM desk_team WHERE id = $1 AND platform_id = $2 RETURNING id", team, actor.platform
        )
        if gone is None:
            raise NotFound
        await audit.record(db, actor, "desk.team_remove", str(team))


async def set_agent(actor: Actor, account: UUID, work: Work) -> None:
    """Keep how an agent works; the account and the team are of the platform."""
    async with scoped(actor) as db:
        done = await fetch_value(
            db,
            SET,
            account,
            actor.platform,
            work.team,
            list(work.languages),
            work.starts_minute,
            work.ends_minute,
        )
        if done is None:
            raise NotFound
        await audit.record(db, actor, "desk.agent", str(account))


CREATE = """
INSERT INTO desk_team (id, platform_id, name, lines) VALUES ($1, $2, $3, $4)
ON CONFLICT (platform_id, name) DO NOTHING RETURNING id
"""
CHANGE = "UPDATE desk_team SET lines = $3 WHERE id = $1 AND platform_id = $2 RETURNING id"
SET = """
INSERT INTO desk_agent (id, platform_id, team_id, languages, starts_minute, ends_minute)
SELECT $1, $2, $3, $4::text[], $5, $6
WHERE EXISTS (SELECT 1 FROM membership m WHERE m.account_id = $1 AND m.platform_id = $2)
  AND ($3::uuid IS NULL OR EXISTS (SELECT 1 FROM desk_team t WHERE t.id = $3 AND t.platform_id = $2))
ON CONFLICT (id) DO UPDATE SET team_id = excluded.team_id, languages = excluded.languages,
    starts_minute = excluded.starts_minute, ends_minute = excluded.ends_minute
RETURNING id
"""
