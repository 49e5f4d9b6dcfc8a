-- Providers compared: what a release keeps of it, once; who reads a figure reads what is said of it.
ALTER TABLE release_funnel
    ADD CONSTRAINT release_funnel_peers CHECK (peers >= 10),
    ADD CONSTRAINT release_funnel_activity CHECK (activity <> ''),
    ADD CONSTRAINT release_funnel_centre CHECK (centre BETWEEN 0 AND 100),
    ADD CONSTRAINT release_funnel_reliability CHECK (reliability BETWEEN 0 AND 100);
ALTER TABLE release_standing
    ADD CONSTRAINT release_standing_level CHECK (level IN ('few', 'ordinary', 'warning', 'alert')),
    ADD CONSTRAINT release_standing_place CHECK (
        (lower IS NULL AND alike IS NULL AND higher IS NULL) OR (
            lower >= 0 AND alike >= 0 AND higher >= 0 AND lower + alike + higher >= 11));
CREATE INDEX release_funnel_release ON release_funnel (release_id, indicator);
CREATE INDEX release_standing_funnel ON release_standing (funnel_id);
CREATE INDEX release_standing_provider ON release_standing (provider_id, release_id);
CREATE TRIGGER release_funnel_is_final BEFORE UPDATE OR DELETE ON release_funnel FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER release_standing_is_final BEFORE UPDATE OR DELETE ON release_standing FOR EACH ROW EXECUTE FUNCTION refuse_change();

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['release_funnel', 'release_standing'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
        EXECUTE format('CREATE POLICY work_all ON %I TO quality_work USING (true) WITH CHECK (true)', t);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO quality_work', t);
        EXECUTE format('GRANT SELECT ON %I TO quality_web', t);
        EXECUTE format('CREATE POLICY staff_%s ON %I FOR SELECT TO quality_web
            USING (platform_id = q_platform() AND q_is(''platform'', ''supervisor'', ''operator''))', t, t);
        EXECUTE format('CREATE POLICY funder_%s ON %I FOR SELECT TO quality_web
            USING (platform_id = q_platform() AND q_is(''funder'') AND funder_id = q_org())', t, t);
    END LOOP;
END $$;
CREATE POLICY provider_release_standing ON release_standing FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org());
