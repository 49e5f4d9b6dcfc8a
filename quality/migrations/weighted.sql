-- Totals also weighted: what a release keeps of them, once.
ALTER TABLE release_weighted
    ADD CONSTRAINT release_weighted_interval CHECK (0 <= ci_low AND ci_low <= value AND value <= ci_high AND ci_high <= 100),
    ADD CONSTRAINT release_weighted_parts CHECK (trimmed BETWEEN 0 AND 100 AND unreached BETWEEN 0 AND 100),
    ADD CONSTRAINT release_weighted_margins CHECK (margins <> '{}');
CREATE TRIGGER release_weighted_is_final BEFORE UPDATE OR DELETE ON release_weighted FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE release_weighted ENABLE ROW LEVEL SECURITY;
ALTER TABLE release_weighted FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON release_weighted TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY work_all ON release_weighted TO quality_work USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON release_weighted TO quality_work;
GRANT SELECT ON release_weighted TO quality_web;
CREATE POLICY staff_release_weighted ON release_weighted FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'operator'));
CREATE POLICY observer_release_weighted ON release_weighted FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('observer') AND is_national);
