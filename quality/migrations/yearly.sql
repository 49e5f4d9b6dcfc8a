-- The words of a provider in the yearly report of its establishment: it writes them, the platform reads them.
ALTER TABLE yearly_text
    ALTER COLUMN texts SET DEFAULT '{}',
    ADD CONSTRAINT yearly_text_year CHECK (year BETWEEN 2000 AND 2999);

ALTER TABLE yearly_text ENABLE ROW LEVEL SECURITY;
ALTER TABLE yearly_text FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON yearly_text TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON yearly_text TO quality_web;
CREATE POLICY staff_yearly ON yearly_text FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor'));
CREATE POLICY own_yearly ON yearly_text TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org())
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org());
