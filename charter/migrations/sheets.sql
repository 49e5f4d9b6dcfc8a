-- What was written keeps the page that wrote it; what was measured before an action keeps its days.
ALTER TABLE answer_revision ALTER sheet SET DEFAULT '';

CREATE OR REPLACE FUNCTION keep_answer_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO answer_revision (id, platform_id, provider_id, assessment_id, criterion, version, answer, comment,
        reason, answered_by, answered_at, sheet)
    VALUES (gen_random_uuid(), NEW.platform_id, NEW.provider_id, NEW.assessment_id, NEW.criterion, NEW.version,
        NEW.answer, NEW.comment, NEW.reason, NEW.answered_by, NEW.answered_at, NEW.sheet);
    RETURN NULL;
END $$;

-- The days of a period (quality/measures/releases/periods.py); complaints were counted over a year.
UPDATE charter_action c SET before = c.before || jsonb_build_object('starts_on', starts_on, 'ends_on', ends_on)
FROM (
    SELECT id, starts_on, (starts_on + months * interval '1 month' - interval '1 day')::date AS ends_on FROM (
        SELECT id,
            CASE kind WHEN '' THEN make_date(year, 1, 1) WHEN 'Q' THEN make_date(year, 3 * rank - 2, 1)
                WHEN 'R' THEN make_date(year - 1, 3 * rank + 1, 1) ELSE make_date(year, rank, 1) END AS starts_on,
            CASE kind WHEN 'Q' THEN 3 WHEN 'M' THEN 1 ELSE 12 END AS months
        FROM (
            SELECT id, left(code, 4)::int AS year, nullif(regexp_replace(substr(code, 6), '\D', '', 'g'), '')::int AS rank,
                CASE WHEN length(code) = 4 THEN '' WHEN substr(code, 6, 1) IN ('Q', 'R') THEN substr(code, 6, 1) ELSE 'M' END AS kind
            FROM (SELECT id, before->>'period' AS code FROM charter_action WHERE before->>'period' <> '') named
        ) parsed
    ) dated
    UNION ALL
    SELECT id, created_at::date - 365, created_at::date FROM charter_action WHERE before->>'period' = ''
) read
WHERE read.id = c.id AND NOT c.before ? 'starts_on';
