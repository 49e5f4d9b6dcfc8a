-- What the models cannot say: constraints, indexes, policies and grants of the charter.

ALTER TABLE assessment
    ADD CONSTRAINT assessment_edition CHECK (edition ~ '^[a-z0-9]+([_-][a-z0-9]+)*$' AND edition_version > 0),
    ADD CONSTRAINT assessment_dates CHECK (frozen_at >= opened_at);
-- One at a time: the next one opens once this one is frozen.
CREATE UNIQUE INDEX assessment_open_once ON assessment (platform_id, provider_id, edition, edition_version) WHERE frozen_at IS NULL;

ALTER TABLE assessment_answer ALTER comment SET DEFAULT '', ALTER reason SET DEFAULT '';
ALTER TABLE assessment_answer
    ADD CONSTRAINT assessment_answer_criterion CHECK (criterion ~ '^[1-9][0-9]*\.[1-9][0-9]*$'),
    ADD CONSTRAINT assessment_answer_choice CHECK (answer IN ('yes', 'partly', 'no', 'not_concerned')),
    ADD CONSTRAINT assessment_answer_imperative CHECK (NOT (is_imperative AND answer = 'not_concerned')),
    ADD CONSTRAINT assessment_answer_reason CHECK ((answer = 'not_concerned') = (btrim(reason) <> ''));

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['assessment', 'assessment_answer'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
        EXECUTE format('CREATE POLICY work_all ON %I TO quality_work USING (true) WITH CHECK (true)', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO quality_work', t);
    END LOOP;
END $$;

-- A provider writes its own; the platform reads; a funder or an observer sees nothing.
GRANT SELECT, INSERT ON assessment TO quality_web;
GRANT SELECT, INSERT, UPDATE ON assessment_answer TO quality_web;
CREATE POLICY staff_assessment ON assessment FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor'));
CREATE POLICY own_assessment ON assessment TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org())
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org());
CREATE POLICY staff_answer ON assessment_answer FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor'));
-- An answer is written in the provider's own assessment, until that one is frozen.
CREATE POLICY own_answer ON assessment_answer TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org())
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org() AND EXISTS (
        SELECT FROM assessment a WHERE a.id = assessment_id AND a.provider_id = q_org() AND a.frozen_at IS NULL));
