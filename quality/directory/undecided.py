"""The visits that wait to be decided: one row each, written with the visit and deleted once it is decided.

When a visit ended, and in which quarter of its place, is computed once, here. Whoever decides deletes the row
that it read (`changed_at` is the visit's `updated_at`): a visit that changed meanwhile is decided again.
"""

from quality.directory.geography import DEPARTEMENTS

# A visit that was not done or was cancelled ended when it was planned to.
ENDED = """
    CASE WHEN i.status = 'done' THEN coalesce(i.ended_at, i.planned_end, i.started_at, i.planned_start)
         ELSE coalesce(i.planned_end, i.planned_start, i.ended_at, i.started_at) END
"""
PARIS = "Europe/Paris"
_ELSEWHERE = " ".join(
    f"WHEN '{row.code}' THEN '{row.timezone}'" for row in DEPARTEMENTS.values() if row.timezone != PARIS
)
ZONE = f"CASE i.departement {_ELSEWHERE} ELSE '{PARIS}' END"
QUARTER = f"date_trunc('quarter', ({ENDED}) AT TIME ZONE {ZONE})::date"


def wait(
    visits: str,
    *,
    platform: str = "i.platform_id",
    provider: str = "i.provider_id",
    changed_at: str = "i.updated_at",
    even_planned: bool = False,
) -> str:
    """Give the statement after which the visits `i` of a FROM clause wait, as they are now.

    Planned ones do not, as their end is not known, unless `even_planned`: one that was not may have been
    asked about, and that is undone.
    """
    held = "" if even_planned else "AND i.status <> 'planned'"
    return f"""
    INSERT INTO undecided_visit (id, platform_id, provider_id, client_id, ended_at, quarter, changed_at)
    SELECT i.id, {platform}, {provider}, i.client_id, {ENDED}, {QUARTER}, {changed_at}
    FROM {visits} {held}
    ON CONFLICT (id) DO UPDATE SET client_id = excluded.client_id, ended_at = excluded.ended_at,
        quarter = excluded.quarter, changed_at = excluded.changed_at
    """
