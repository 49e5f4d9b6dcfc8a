"""Whoever may be told comes before those for whom no contact is left, however many they are."""

from datetime import timedelta

import asyncpg

from quality.complaints.waiting import awaiting_news, awaiting_verdict
from quality.db import pool
from tests.surveys.news.complaining import NOON, WEEK, complained
from tests.world import World

# Older than hers, all their contacts spent: each is looked at again at each tick until something ends it.
SPENT = """
WITH made AS (
    INSERT INTO complaint SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(),
        'number', c.number + n, 'token_key', NULL, 'contacts', 2,
        'opened_at', c.opened_at - interval '1 hour'))).*
    FROM complaint c, generate_series(1, 250) AS n RETURNING id
)
INSERT INTO complaint_subject (id, platform_id, provider_id, client_id, is_disclosed)
SELECT m.id, s.platform_id, s.provider_id, s.client_id, true FROM made m, complaint_subject s
"""


async def test_a_crowd_whose_contacts_are_spent_hides_nobody(world: World, owner: asyncpg.Connection) -> None:
    mine = await complained(world)
    await owner.execute(SPENT)
    for found in (
        await awaiting_news(pool("work"), NOON + timedelta(minutes=1)),
        await awaiting_verdict(pool("work"), NOON + WEEK + timedelta(minutes=1)),
    ):
        assert mine.id in {each.complaint for each in found}
