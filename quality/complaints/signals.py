"""Signals: low marks noted in the statement that stores them, idempotent by (source, item).

A mark corrected upwards keeps its row, with the new value: a signal whose value is above 2, or 0 when the
mark was taken back, asks for nothing. A later low mark of the same source shares the wish already given, and
the complaint already opened without one.
"""

from quality.complaints.opening import WITHDRAWN_CAUSE


def noting(rows: str, source: str, owner: str, now: str) -> str:
    """Write the INSERT of the low marks of a jsonb parameter (item, value, is_low).

    `source` is the parameter of the source's id; `owner` names one row (platform_id, provider_id) or none.
    """
    return f"""
        INSERT INTO signal (id, platform_id, provider_id, source_kind, source_id, item, value, wish,
                            complaint_id, created_at)
        SELECT gen_random_uuid(), o.platform_id, o.provider_id, 'response', {source}, s.item, s.value, w.wish,
               w.complaint_id, {now}
        FROM {owner} o
        CROSS JOIN jsonb_to_recordset({rows}::jsonb) AS s(item text, value smallint, is_low boolean)
        LEFT JOIN LATERAL (SELECT wish, complaint_id FROM signal
                           WHERE source_id = {source} AND wish IS NOT NULL
                           UNION ALL
                           SELECT disclosure, id FROM complaint
                           WHERE source_id = {source} AND cause <> '{WITHDRAWN_CAUSE}' LIMIT 1) w ON true
        WHERE s.is_low
        ON CONFLICT (source_id, item) DO UPDATE SET value = excluded.value
        RETURNING wish
    """


def correcting(rows: str, source: str, owner: str) -> str:
    """Write the UPDATE of the signals whose mark is no longer low."""
    return f"""
        UPDATE signal SET value = s.value
        FROM {owner} o, jsonb_to_recordset({rows}::jsonb) AS s(item text, value smallint, is_low boolean)
        WHERE signal.source_id = {source} AND signal.item = s.item AND NOT s.is_low
    """
