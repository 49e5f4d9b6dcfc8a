"""The statement of an answer, made of the parts that it needs: stored, counted, noted, withdrawn at once.

$1 response · $2 its version read · $3 now · $4 invitation · $5 respondent · $6 channel · $7 what changes, as
JSON: answers, what was answered where that is `changed`, `admissible` of a new response, `device` where it
came from (in hexadecimal), cells kept, `more` and `fewer` of the cells, `marks`. An opening answer also has
$8 the version of the invitation's row and $9 the audience; $10 names the responses that this one replaces.
"""

from functools import cache

from quality.complaints.signals import correcting, noting
from quality.measures.record import adding, subtracting

IF_KEPT = "EXISTS (SELECT FROM kept)"
# Writing by INSERT … ON CONFLICT, even a row known to exist, opens one partition instead of all of them.
KEPT = """kept AS (
    INSERT INTO response (id, platform_id, invitation_id, provider_id, questionnaire_id, respondent, channel,
        answers, admissible, cells, device_key, version, created_at, updated_at)
    SELECT $1, platform_id, id, provider_id, questionnaire_id, $5, $6, $7::jsonb -> 'answers',
        $7::jsonb ->> 'admissible', $7::jsonb -> 'cells', decode($7::jsonb ->> 'device', 'hex'), 1, $3, $3
    FROM asked
    ON CONFLICT (id) DO UPDATE SET answers = response.answers || excluded.answers, cells = excluded.cells,
        device_key = coalesce(excluded.device_key, response.device_key), version = response.version + 1,
        updated_at = excluded.updated_at
    WHERE response.version = $2
    RETURNING platform_id, provider_id, version
)"""
# An agent who types the answers has the person on the line, or a sheet that came in time: what is said is
# kept, even at the very end.
IS_OPEN = "($6 IN ('phone', 'paper') OR (closed_at IS NULL AND closes_at > $3))"
LATER = f"""asked AS (
    SELECT id, platform_id, provider_id, questionnaire_id FROM invitation WHERE id = $4 AND {IS_OPEN}
)"""
OPENING = f"""asked AS (
    UPDATE invitation SET answered_at = coalesce(answered_at, $3)
    WHERE id = $4 AND xmin::text = $8 AND {IS_OPEN}
    RETURNING id, platform_id, provider_id, questionnaire_id
)"""
# An agent who types the answers keeps the call in hand until its outcome is said.
WITHDRAWN = f"""suppressed AS (
    UPDATE attempt a SET state = 'suppressed', reason = 'answered', lease_until = NULL, settled_at = $3
    WHERE a.invitation_id = $4 AND a.id BETWEEN child_id($4, 0) AND child_id($4, 255) AND a.audience = $9
      AND a.state IN ('planned', 'deferred', 'claimed') AND {IF_KEPT}
      AND NOT ($6 = 'phone' AND EXISTS (SELECT FROM call_case c WHERE c.invitation_id = $4
                                         AND c.kind = 'survey' AND c.attempt_id = a.id AND c.state = 'held'))
), withdrawn AS (
    UPDATE call_case c
    SET state = 'done', outcome = 'answered', closed_at = $3, agent_id = NULL, lease_until = NULL
    FROM invitation i
    WHERE c.invitation_id = $4 AND i.id = $4 AND i.audience = $9 AND c.kind = 'survey'
      AND c.state <> 'done' AND NOT ($6 = 'phone' AND c.state = 'held') AND {IF_KEPT}
)"""
# Answers that the client goes on giving alone, while an agent was typing the first ones for them.
RECALLED = f"""recalled AS (
    UPDATE call_case c
    SET state = 'done', outcome = 'answered', closed_at = $3, agent_id = NULL, lease_until = NULL
    FROM invitation i
    WHERE c.invitation_id = $4 AND i.id = $4 AND i.audience = 'client' AND c.kind = 'survey'
      AND c.state = 'held' AND {IF_KEPT}
)"""
REPLACED = f"""replaced AS (
    UPDATE response SET cells = '{{}}', version = version + 1 WHERE id = ANY ($10::uuid[]) AND {IF_KEPT}
)"""
# What was answered before stays, with the version that held it and the channel of the correction.
CHANGED = """changed AS (
    INSERT INTO response_change (platform_id, invitation_id, response_id, version, item, was, channel, at)
    SELECT k.platform_id, $4, $1, $2, c.item, c.was, $6, $3
    FROM kept k, jsonb_to_recordset($7::jsonb -> 'changed') AS c(item text, was jsonb)
)"""
MORE_ROWS, FEWER_ROWS, MARKS = (f"($7::jsonb -> '{name}')" for name in ("more", "fewer", "marks"))
PARTS = {
    "withdrawn": WITHDRAWN,
    "recalled": RECALLED,
    "replaced": REPLACED,
    "changed": CHANGED,
    "more": f"more AS ({adding(MORE_ROWS, IF_KEPT)})",
    "fewer": f"fewer AS ({subtracting(FEWER_ROWS, IF_KEPT)})",
    "noted": f"noted AS ({noting(MARKS, '$1', 'kept', '$3')})",
    "corrected": f"corrected AS ({correcting(MARKS, '$1', 'kept')})",
}


@cache
def written(parts: frozenset[str]) -> str:
    """Write the statement with some of the parts, `withdrawn` for an opening answer.

    >>> [name for name in PARTS if f"{name} AS" in written(frozenset({"more"}))]
    ['more']
    """
    asked = OPENING if "withdrawn" in parts else LATER
    follows = [text for name, text in PARTS.items() if name in parts]
    asks_wish = "(SELECT bool_or(n.wish IS NULL) FROM noted n)" if "noted" in parts else "false"
    return f"WITH {', '.join((asked, KEPT, *follows))} SELECT k.version, {asks_wish} AS asks_wish FROM kept k"
