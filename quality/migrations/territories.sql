-- The territories of a département: 15 open at most, a postcode in one at most, and of that département.
ALTER TABLE territory
    ADD CONSTRAINT territory_code CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND code <> 'hors-territoire'),
    ADD CONSTRAINT territory_name CHECK (name <> ''),
    ADD CONSTRAINT territory_rank CHECK (rank BETWEEN 1 AND 15),
    ADD CONSTRAINT territory_since CHECK (extract(day FROM since) = 1),
    ADD CONSTRAINT territory_place UNIQUE (id, platform_id, departement);
ALTER TABLE territory_postcode
    ADD CONSTRAINT territory_postcode_of FOREIGN KEY (territory_id, platform_id, departement)
        REFERENCES territory (id, platform_id, departement) ON DELETE CASCADE,
    ADD CONSTRAINT territory_postcode_place CHECK (postcode ~ '^[0-9]{5}$' AND departement = CASE
        WHEN postcode ~ '^20[01]' THEN '2A' WHEN postcode LIKE '20%' THEN '2B'
        WHEN postcode LIKE '97%' THEN left(postcode, 3) ELSE left(postcode, 2) END);
CREATE INDEX territory_postcode_territory ON territory_postcode (territory_id);

ALTER TABLE territory ENABLE ROW LEVEL SECURITY;
ALTER TABLE territory FORCE ROW LEVEL SECURITY;
ALTER TABLE territory_postcode ENABLE ROW LEVEL SECURITY;
ALTER TABLE territory_postcode FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON territory TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY owner_all ON territory_postcode TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT ON territory, territory_postcode TO quality_work;
CREATE POLICY work_all ON territory FOR SELECT TO quality_work USING (true);
CREATE POLICY work_all ON territory_postcode FOR SELECT TO quality_work USING (true);
-- Whoever reads figures reads the names of their places; which postcodes make them is the platform's.
GRANT SELECT, INSERT, UPDATE ON territory TO quality_web;
CREATE POLICY named_territory ON territory FOR SELECT TO quality_web USING (platform_id = q_platform());
CREATE POLICY platform_territory ON territory TO quality_web
    USING (platform_id = q_platform() AND q_is('platform')) WITH CHECK (platform_id = q_platform() AND q_is('platform'));
GRANT SELECT, INSERT, DELETE ON territory_postcode TO quality_web;
CREATE POLICY platform_postcode ON territory_postcode TO quality_web
    USING (platform_id = q_platform() AND q_is('platform')) WITH CHECK (platform_id = q_platform() AND q_is('platform'));
