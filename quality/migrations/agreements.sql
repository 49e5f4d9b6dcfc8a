-- The life of a convention: proposed, signed by its parties, evaluated, renewed elsewhere.
ALTER TABLE convention
    ALTER COLUMN is_experiment SET DEFAULT false,
    ALTER COLUMN hypothesis SET DEFAULT '',
    ALTER COLUMN conclusion SET DEFAULT '',
    ALTER COLUMN verdict SET DEFAULT '',
    ADD CONSTRAINT convention_experiment CHECK (NOT is_experiment OR (ends_on IS NOT NULL AND hypothesis <> '')),
    ADD CONSTRAINT convention_verdict CHECK (verdict IN ('', 'confirmed', 'refuted', 'unsure')),
    ADD CONSTRAINT convention_concluded CHECK ((concluded_at IS NULL) = (verdict = '')),
    ADD CONSTRAINT convention_renewed_from FOREIGN KEY (renewed_from_id) REFERENCES convention (id);
CREATE INDEX convention_renewed ON convention (renewed_from_id);
CREATE INDEX convention_signature_organisation ON convention_signature (organisation_id);
ALTER TABLE convention_signature ADD CONSTRAINT convention_signature_digest CHECK (length(digest) = 32);

ALTER TABLE convention_signature ENABLE ROW LEVEL SECURITY;
ALTER TABLE convention_signature FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON convention_signature TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON convention_signature TO quality_web;
GRANT SELECT ON convention_signature TO quality_work;
CREATE POLICY work_all ON convention_signature TO quality_work USING (true);
CREATE POLICY staff_signature ON convention_signature FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent', 'operator'));
-- whoever reads a convention reads who signed it, and signs for nobody else
CREATE POLICY party_signature ON convention_signature FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('funder', 'provider')
        AND EXISTS (SELECT 1 FROM convention c WHERE c.id = convention_id));
CREATE POLICY own_signature ON convention_signature FOR INSERT TO quality_web
    WITH CHECK (platform_id = q_platform() AND q_is('funder', 'provider') AND organisation_id = q_org()
        AND EXISTS (SELECT 1 FROM convention c WHERE c.id = convention_id));
