"""Who works at the desk: an agent's languages and team, and the telephone lines that are still free."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from quality.access.actor import Actor
from quality.db import Connection, execute, fetch_one
from quality.directory.intake.vocabulary import LANGUAGES
from quality.errors import Conflict
from quality.french import french

NO_TEAM = UUID(int=0)
FRENCH = ("fr",)
PLATFORM_BUSY = french("Les {lines} lignes de la plateforme sont occupées. Réessayez dans un instant.")
TEAM_BUSY = french("Les {lines} lignes de l’équipe {team} sont occupées. Réessayez dans un instant.")
# Near the limit, agents who pick at the same instant are counted one after the other.
NEAR = 40
Row = dict[str, Any]


class LinesBusy(Conflict):
    title = french("Toutes les lignes téléphoniques sont occupées. Réessayez dans un instant.")


@dataclass(frozen=True, slots=True)
class Crew:
    """What an agent may take: cases in these languages, of no team or of these teams."""

    languages: tuple[str, ...]
    teams: tuple[UUID, ...]


def languages_of(own: Collection[str], of_all: Collection[str]) -> tuple[str, ...]:
    """Give the languages in which an agent calls: their own, and those that nobody at the desk speaks.

    A case in a language of nobody would otherwise wait for ever.

    >>> languages_of(["en"], ["en", "ar"])
    ('fr', 'en', 'es', 'pt', 'it', 'de')
    >>> languages_of([], ["fr", "en", "es", "pt", "it", "de"])
    ('fr', 'ar')
    """
    mine = set(own or FRENCH)
    return tuple(code for code in LANGUAGES if code in mine or code not in of_all)


async def read(db: Connection, actor: Actor) -> Row | None:
    """Read the agent's languages and team, the calls going on, and the case `in_hand` (pool `work`).

    What follows in the transaction looks for one case: its plan is made once a connection, as for answers.
    """
    return await fetch_one(db, CREW, actor.platform, actor.account)


async def free(db: Connection, actor: Actor, row: Row) -> Crew:
    """Tell what the agent may take; raise LinesBusy when no line is free."""
    if _left(row) <= NEAR:
        await execute(db, ONE_BY_ONE, str(actor.platform))
        row = await read(db, actor) or row
    _refuse(row)
    teams = (NO_TEAM, row["team_id"]) if row["team_id"] else (NO_TEAM,)
    return Crew(languages_of(row["own"] or (), row["of_all"] or ()), teams)


CREW = """
SELECT p.call_lines, a.team_id, a.languages AS own, t.name AS team, t.lines AS team_lines,
       set_config('plan_cache_mode', 'force_generic_plan', true),
       (SELECT c.id FROM call_case c
        WHERE c.platform_id = p.id AND c.agent_id = $2 AND c.state = 'held') AS in_hand,
       (SELECT array_agg(DISTINCT l) FROM desk_agent d, unnest(d.languages) l
        WHERE d.platform_id = p.id) AS of_all,
       (SELECT count(*) FROM call_case c
        WHERE c.platform_id = p.id AND c.state = 'held' AND c.lease_until > now()) AS busy,
       CASE WHEN t.id IS NULL THEN 0 ELSE
           (SELECT count(*) FROM call_case c JOIN desk_agent d ON d.id = c.agent_id
            WHERE c.platform_id = p.id AND c.state = 'held' AND c.lease_until > now() AND d.team_id = t.id)
       END AS team_busy
FROM platform p LEFT JOIN desk_agent a ON a.id = $2 AND a.platform_id = p.id
LEFT JOIN desk_team t ON t.id = a.team_id WHERE p.id = $1
"""
ONE_BY_ONE = "SELECT pg_advisory_xact_lock(hashtextextended('lines ' || $1::text, 0))"


def _left(row: Row) -> int:
    of_team = row["team_lines"] - row["team_busy"] if row["team_id"] else row["call_lines"]
    return int(min(row["call_lines"] - row["busy"], of_team))


def _refuse(row: Row) -> None:
    if row["busy"] >= row["call_lines"]:
        raise LinesBusy(PLATFORM_BUSY, lines=row["call_lines"])
    if row["team_id"] and row["team_busy"] >= row["team_lines"]:
        raise LinesBusy(TEAM_BUSY, lines=row["team_lines"], team=row["team"])
