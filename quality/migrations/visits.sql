-- Which months of which clients are to be counted again is said where a visit changes, whoever changes it. The
-- local month is told by a zone that this does not know: both months are due around their limit.
ALTER TABLE visit_month ALTER COLUMN measured SET DEFAULT '{}',
    ADD CONSTRAINT visit_month_month CHECK (extract(day FROM month) = 1);
CREATE INDEX visit_month_due ON visit_month (month, client_id) WHERE is_due;
ALTER TABLE visit_month ENABLE ROW LEVEL SECURITY;
ALTER TABLE visit_month FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON visit_month TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY work_all ON visit_month TO quality_work USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON visit_month TO quality_work;

CREATE FUNCTION visits_came() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO visit_month AS m (id, platform_id, client_id, month)
    SELECT gen_random_uuid(), v.platform_id, v.client_id, months.month
    FROM came v CROSS JOIN LATERAL months_around(coalesce(v.ended_at, v.planned_end, v.planned_start, v.started_at)) AS months(month)
    GROUP BY v.platform_id, v.client_id, months.month ORDER BY v.client_id, months.month
    ON CONFLICT (client_id, month) DO UPDATE SET is_due = true WHERE NOT m.is_due;
    RETURN NULL;
END $$;
CREATE FUNCTION visits_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO visit_month AS m (id, platform_id, client_id, month)
    SELECT gen_random_uuid(), v.platform_id, v.client_id, months.month
    FROM (SELECT * FROM came UNION ALL SELECT * FROM gone) v
    CROSS JOIN LATERAL months_around(coalesce(v.ended_at, v.planned_end, v.planned_start, v.started_at)) AS months(month)
    GROUP BY v.platform_id, v.client_id, months.month ORDER BY v.client_id, months.month
    ON CONFLICT (client_id, month) DO UPDATE SET is_due = true WHERE NOT m.is_due;
    RETURN NULL;
END $$;
CREATE FUNCTION months_around(at timestamptz) RETURNS SETOF date LANGUAGE sql IMMUTABLE AS
$$ SELECT DISTINCT date_trunc('month', (at + around) AT TIME ZONE 'UTC')::date
   FROM unnest(ARRAY[interval '-14 hours', interval '14 hours']) AS around $$;
CREATE TRIGGER visits_are_counted AFTER INSERT ON intervention REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION visits_came();
CREATE TRIGGER changed_visits_are_counted AFTER UPDATE ON intervention REFERENCING NEW TABLE AS came OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION visits_changed();
-- what is stored already is counted too
INSERT INTO visit_month (id, platform_id, client_id, month)
SELECT gen_random_uuid(), v.platform_id, v.client_id, months.month
FROM intervention v CROSS JOIN LATERAL months_around(coalesce(v.ended_at, v.planned_end, v.planned_start, v.started_at)) AS months(month)
GROUP BY v.platform_id, v.client_id, months.month;
UPDATE complaint SET measure_due_at = opened_at;
