-- What a release keeps of providers themselves, once: no person is behind it; a funder reads its conventions' alone.
ALTER TABLE release_fact
    ADD CONSTRAINT release_fact_counts CHECK (asked > 0 AND held BETWEEN 0 AND asked),
    ADD CONSTRAINT release_fact_population CHECK ((funder_id IS NULL) = (convention_id IS NULL)),
    ADD CONSTRAINT release_fact_once UNIQUE NULLS NOT DISTINCT (release_id, convention_id, provider_id, indicator, version);
CREATE INDEX release_fact_reader ON release_fact (release_id, convention_id);
CREATE INDEX release_fact_provider ON release_fact (provider_id, release_id);
CREATE TRIGGER release_fact_is_final BEFORE UPDATE OR DELETE ON release_fact FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE release_fact ENABLE ROW LEVEL SECURITY;
ALTER TABLE release_fact FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON release_fact TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY work_all ON release_fact TO quality_work USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON release_fact TO quality_work;
GRANT SELECT ON release_fact TO quality_web;
CREATE POLICY staff_release_fact ON release_fact FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'operator'));
CREATE POLICY funder_release_fact ON release_fact FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('funder') AND funder_id = q_org());
CREATE POLICY provider_release_fact ON release_fact FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org());
