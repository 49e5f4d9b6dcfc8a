-- What a release wrote beside its figures is sealed with it, for ever; read by who verifies releases.
ALTER TABLE release_seal
    ADD CONSTRAINT release_seal_part CHECK (part IN ('release_chart', 'release_funnel', 'release_standing',
        'release_weighted', 'release_fact', 'release_mode')),
    ADD CONSTRAINT release_seal_length CHECK (octet_length(seal) = 32);
CREATE TRIGGER release_seal_is_final BEFORE UPDATE OR DELETE ON release_seal FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE release_seal ENABLE ROW LEVEL SECURITY;
ALTER TABLE release_seal FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON release_seal TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY work_all ON release_seal TO quality_work USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON release_seal TO quality_work;
