-- What the models cannot say of the campaigns, and how far their providers are.

ALTER TABLE charter_campaign ALTER remind_days SET DEFAULT 7;
ALTER TABLE charter_campaign
    ADD CONSTRAINT charter_campaign_name CHECK (btrim(name) <> ''),
    ADD CONSTRAINT charter_campaign_edition CHECK (edition ~ '^[a-z0-9]+([_-][a-z0-9]+)*$' AND edition_version > 0),
    ADD CONSTRAINT charter_campaign_kind CHECK (kind IN ('full', 'compulsory')),
    ADD CONSTRAINT charter_campaign_dates CHECK (ends_on > starts_on),
    ADD CONSTRAINT charter_campaign_remind CHECK (remind_days BETWEEN 1 AND 60),
    ADD CONSTRAINT charter_campaign_closed CHECK (closed_at >= created_at);
ALTER TABLE campaign_session
    ADD CONSTRAINT campaign_session_words CHECK (btrim(place) <> '' AND btrim(topic) <> '');
CREATE INDEX campaign_invitation_of_provider ON campaign_invitation (provider_id);
CREATE INDEX campaign_invitation_untold ON campaign_invitation (id) WHERE told_at IS NULL;
CREATE INDEX campaign_session_coming ON campaign_session (starts_at) WHERE reminded_at IS NULL;
CREATE INDEX campaign_session_of_campaign ON campaign_session (campaign_id);
CREATE INDEX assessment_sent ON assessment (provider_id, edition, edition_version, frozen_at) WHERE frozen_at IS NOT NULL;

-- How far each provider of a campaign is, as far as the reader's own rows tell: what it sent from the first
-- day until the closing, else the codes it answers now. A full run holds a compulsory one.
CREATE FUNCTION campaign_progress(wanted uuid)
    RETURNS TABLE (provider_id uuid, sent_at timestamptz, issued bytea, answered text[]) LANGUAGE sql STABLE AS $$
    SELECT i.provider_id, sent.frozen_at, sent.issued, coalesce(given.codes, '{}')
    FROM charter_campaign c JOIN campaign_invitation i ON i.campaign_id = c.id
    LEFT JOIN LATERAL (
        SELECT a.frozen_at, a.issued FROM assessment a
        WHERE a.platform_id = c.platform_id AND a.provider_id = i.provider_id AND a.edition = c.edition
          AND a.edition_version = c.edition_version AND a.kind IN (c.kind, 'full')
          AND a.frozen_at >= c.starts_on::timestamp AT TIME ZONE 'Europe/Paris'
          AND a.frozen_at <= coalesce(c.closed_at, 'infinity')
        ORDER BY a.frozen_at DESC LIMIT 1
    ) sent ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(g.criterion::text) AS codes
        FROM assessment a JOIN assessment_answer g ON g.assessment_id = a.id
        WHERE sent.frozen_at IS NULL AND a.platform_id = c.platform_id AND a.provider_id = i.provider_id
          AND a.edition = c.edition AND a.edition_version = c.edition_version AND a.frozen_at IS NULL
    ) given ON true
    WHERE c.id = wanted
$$;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['charter_campaign', 'campaign_invitation', 'campaign_session'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
        EXECUTE format('CREATE POLICY work_all ON %I TO quality_work USING (true) WITH CHECK (true)', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO quality_work', t);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO quality_web', t);
        EXECUTE format('CREATE POLICY staff_%s ON %I FOR SELECT TO quality_web '
            'USING (platform_id = q_platform() AND q_is(''platform'', ''supervisor''))', t, t);
        EXECUTE format('CREATE POLICY added_%s ON %I FOR INSERT TO quality_web '
            'WITH CHECK (platform_id = q_platform() AND q_is(''platform''))', t, t);
    END LOOP;
END $$;

GRANT UPDATE (closed_at) ON charter_campaign TO quality_web;
CREATE POLICY closed_campaign ON charter_campaign FOR UPDATE TO quality_web
    USING (platform_id = q_platform() AND q_is('platform'))
    WITH CHECK (platform_id = q_platform() AND q_is('platform'));
-- A provider reads what it is invited to; a funder reads that it pays, and neither who is invited nor when they meet.
CREATE POLICY own_invitation ON campaign_invitation FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org());
CREATE POLICY invited_campaign ON charter_campaign FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('provider')
        AND EXISTS (SELECT FROM campaign_invitation i WHERE i.campaign_id = charter_campaign.id));
CREATE POLICY invited_session ON campaign_session FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('provider')
        AND EXISTS (SELECT FROM campaign_invitation i WHERE i.campaign_id = campaign_session.campaign_id));
CREATE POLICY paid_campaign ON charter_campaign FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('funder') AND funder_id = q_org());

-- What the funder that pays may know of the progress: how many, and nothing of anybody.
CREATE FUNCTION campaign_counts(wanted uuid)
    RETURNS TABLE (invited bigint, begun bigint, sent bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT count(*), count(*) FILTER (WHERE p.sent_at IS NULL AND p.answered <> '{}'), count(p.sent_at)
    FROM charter_campaign c CROSS JOIN LATERAL campaign_progress(c.id) p
    WHERE c.id = wanted AND c.platform_id = q_platform() AND q_is('funder') AND c.funder_id = q_org()
$$;
REVOKE ALL ON FUNCTION campaign_counts(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION campaign_counts(uuid) TO quality_web;
