-- The trail holds each move of an adhesion, with who and why: what it was at an instant is read there.
CREATE INDEX audit_adhesion ON audit (subject, at, id) WHERE action LIKE 'adhesion.%';

-- The state of an adhesion before an instant, and its last day as it was then: to whoever reads the adhesion itself.
-- Nothing where it was not written down yet.
CREATE FUNCTION adhesion_at(wanted uuid, instant timestamptz) RETURNS TABLE (state text, ends_on date)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT a.detail->>'to', (a.detail->>'ends_on')::date FROM audit a
    WHERE a.subject = wanted::text AND a.action LIKE 'adhesion.%' AND a.at < instant
      AND (current_setting('role') = 'quality_work' OR EXISTS (
          SELECT FROM adhesion h WHERE h.id = wanted AND h.platform_id = q_platform()
              AND (q_is('platform', 'supervisor') OR (q_is('provider') AND h.provider_id = q_org()))))
    ORDER BY a.at DESC, a.id DESC LIMIT 1
$$;
REVOKE ALL ON FUNCTION adhesion_at(uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION adhesion_at(uuid, timestamptz) TO quality_web, quality_work;
