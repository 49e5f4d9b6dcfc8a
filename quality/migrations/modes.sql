-- What a release says of the experiment on first contacts: for the platform alone, and for ever.
ALTER TABLE release_mode
    ADD CONSTRAINT release_mode_compared CHECK (compared ~ '^(sms|email|phone)(/(sms|email|phone)){1,2}$');
CREATE TRIGGER release_mode_is_final BEFORE UPDATE OR DELETE ON release_mode FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE release_mode ENABLE ROW LEVEL SECURITY;
ALTER TABLE release_mode FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON release_mode TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY work_all ON release_mode TO quality_work USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON release_mode TO quality_work;
GRANT SELECT ON release_mode TO quality_web;
CREATE POLICY staff_release_mode ON release_mode FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'operator'));
