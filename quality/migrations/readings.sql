-- What a funder reads of a convention, for its providers: the day and what was read, never who.
ALTER TABLE figure_reading
    ALTER COLUMN subject SET DEFAULT '',
    ALTER COLUMN period SET DEFAULT '',
    ADD CONSTRAINT figure_reading_shown
        CHECK (shown IN ('home', 'indicators', 'indicator', 'table', 'report', 'program', 'mail'));
CREATE INDEX figure_reading_organisation ON figure_reading (organisation_id, day);
CREATE INDEX figure_reading_day ON figure_reading (day);

ALTER TABLE figure_reading ENABLE ROW LEVEL SECURITY;
ALTER TABLE figure_reading FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON figure_reading TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON figure_reading TO quality_web;
-- the worker notes what it sends by mail, and forgets
GRANT SELECT, INSERT, DELETE ON figure_reading TO quality_work;
CREATE POLICY work_all ON figure_reading TO quality_work USING (true) WITH CHECK (true);
CREATE POLICY staff_reading ON figure_reading FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'operator'));
CREATE POLICY own_reading ON figure_reading TO quality_web
    USING (platform_id = q_platform() AND q_is('funder') AND organisation_id = q_org())
    WITH CHECK (platform_id = q_platform() AND q_is('funder') AND organisation_id = q_org()
        AND EXISTS (SELECT 1 FROM convention c WHERE c.id = convention_id));
-- a provider reads who looked at the conventions that name it
CREATE POLICY party_reading ON figure_reading FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('provider')
        AND EXISTS (SELECT 1 FROM convention c WHERE c.id = convention_id));
