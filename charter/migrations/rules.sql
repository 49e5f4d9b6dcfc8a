-- What the models cannot say: constraints, indexes, policies and grants of the charter.

ALTER TABLE assessment ALTER kind SET DEFAULT 'full';
ALTER TABLE assessment
    ADD CONSTRAINT assessment_edition CHECK (edition ~ '^[a-z0-9]+([_-][a-z0-9]+)*$' AND edition_version > 0),
    ADD CONSTRAINT assessment_kind CHECK (kind IN ('full', 'compulsory')),
    ADD CONSTRAINT assessment_dates CHECK (frozen_at >= opened_at),
    ADD CONSTRAINT assessment_issued CHECK ((frozen_at IS NULL) = (issued IS NULL));
-- One at a time: the next one opens once this one is frozen.
CREATE UNIQUE INDEX assessment_open_once ON assessment (platform_id, provider_id, edition, edition_version) WHERE frozen_at IS NULL;

-- What was issued stays as it was issued, whoever asks.
CREATE FUNCTION assessment_stays_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an assessment that is frozen does not change' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER assessment_issued_once BEFORE UPDATE ON assessment FOR EACH ROW
    WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION assessment_stays_issued();

-- Whoever writes an answer, and by whatever way, what was written is kept.
CREATE FUNCTION keep_answer_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO answer_revision (id, platform_id, provider_id, assessment_id, criterion, version, answer, comment,
        reason, answered_by, answered_at)
    VALUES (gen_random_uuid(), NEW.platform_id, NEW.provider_id, NEW.assessment_id, NEW.criterion, NEW.version,
        NEW.answer, NEW.comment, NEW.reason, NEW.answered_by, NEW.answered_at);
    RETURN NULL;
END $$;
CREATE TRIGGER answer_kept AFTER INSERT OR UPDATE OF version ON assessment_answer
    FOR EACH ROW EXECUTE FUNCTION keep_answer_revision();

ALTER TABLE assessment_answer ALTER comment SET DEFAULT '', ALTER reason SET DEFAULT '', ALTER version SET DEFAULT 1, ALTER sheet SET DEFAULT '';
ALTER TABLE answer_revision ALTER comment SET DEFAULT '', ALTER reason SET DEFAULT '';
ALTER TABLE assessment_answer
    ADD CONSTRAINT assessment_answer_criterion CHECK (criterion ~ '^[1-9][0-9]*(\.[1-9][0-9]*){1,3}$'),
    ADD CONSTRAINT assessment_answer_choice CHECK (
        answer IN ('yes', 'partly', 'no', 'not_concerned', '1', '2', '3', '4', 'star', 'nc', 'ri')),
    ADD CONSTRAINT assessment_answer_imperative CHECK (NOT (is_imperative AND answer IN ('not_concerned', 'nc'))),
    ADD CONSTRAINT assessment_answer_reason CHECK ((answer IN ('not_concerned', 'nc')) = (btrim(reason) <> '')),
    ADD CONSTRAINT assessment_answer_version CHECK (version > 0);
ALTER TABLE answer_revision ADD CONSTRAINT answer_revision_version CHECK (version > 0);
ALTER TABLE evidence ALTER document SET DEFAULT '', ALTER edition SET DEFAULT '', ALTER criterion SET DEFAULT '', ALTER reminded SET DEFAULT 0;
ALTER TABLE evidence
    ADD CONSTRAINT evidence_title CHECK (btrim(title) <> ''),
    ADD CONSTRAINT evidence_place CHECK ((edition = '') = (criterion = '') AND document || criterion <> ''),
    ADD CONSTRAINT evidence_reminded CHECK (reminded BETWEEN 0 AND 2);
ALTER TABLE evidence_revision ALTER url SET DEFAULT '';
ALTER TABLE evidence_revision
    ADD CONSTRAINT evidence_revision_number CHECK (number > 0),
    ADD CONSTRAINT evidence_revision_content CHECK ((file_id IS NULL) = (url ~ '^https?://')),
    ADD CONSTRAINT evidence_revision_url CHECK (file_id IS NULL OR url = '');
ALTER TABLE charter_action ALTER state SET DEFAULT 'todo', ALTER note SET DEFAULT '', ALTER reminded SET DEFAULT 0;
ALTER TABLE charter_action
    ADD CONSTRAINT charter_action_state CHECK (state IN ('todo', 'doing', 'done', 'dropped')),
    ADD CONSTRAINT charter_action_done CHECK ((state = 'done') = (done_on IS NOT NULL)),
    ADD CONSTRAINT charter_action_title CHECK (btrim(title) <> ''),
    ADD CONSTRAINT charter_action_reminded CHECK (reminded BETWEEN 0 AND 2);
-- What reminders look for, and no more.
CREATE INDEX evidence_expiring ON evidence (expires_on) WHERE withdrawn_at IS NULL AND reminded < 2;
CREATE INDEX charter_action_due ON charter_action (due_on) WHERE state IN ('todo', 'doing') AND reminded < 2;
CREATE INDEX evidence_of_provider ON evidence (provider_id);
CREATE INDEX charter_action_of_provider ON charter_action (provider_id);
ALTER TABLE assessment_part ADD CONSTRAINT assessment_part_chapter CHECK (chapter > 0);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['assessment', 'assessment_answer', 'answer_revision', 'assessment_part', 'evidence', 'evidence_revision', 'charter_action'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
        EXECUTE format('CREATE POLICY work_all ON %I TO quality_work USING (true) WITH CHECK (true)', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO quality_work', t);
        EXECUTE format('CREATE POLICY staff_%s ON %I FOR SELECT TO quality_web '
            'USING (platform_id = q_platform() AND q_is(''platform'', ''supervisor''))', t, t);
    END LOOP;
END $$;

-- A provider writes its own; the platform reads; a funder or an observer sees nothing.
GRANT SELECT, INSERT ON assessment TO quality_web;
GRANT UPDATE (frozen_at, issued) ON assessment TO quality_web;
GRANT SELECT, INSERT, UPDATE ON assessment_answer TO quality_web;
GRANT SELECT, INSERT ON answer_revision TO quality_web;
GRANT SELECT, INSERT, DELETE ON assessment_part TO quality_web;
CREATE POLICY own_assessment ON assessment FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org());
CREATE POLICY opened_assessment ON assessment FOR INSERT TO quality_web
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org());
-- What was submitted stays as it is.
CREATE POLICY frozen_assessment ON assessment FOR UPDATE TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org() AND frozen_at IS NULL)
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org());
-- What belongs to an assessment is written in the provider's own, until that one is frozen.
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['assessment_answer', 'answer_revision', 'assessment_part'] LOOP
        EXECUTE format('CREATE POLICY own_%s ON %I TO quality_web '
            'USING (platform_id = q_platform() AND q_is(''provider'') AND provider_id = q_org()) '
            'WITH CHECK (platform_id = q_platform() AND q_is(''provider'') AND provider_id = q_org() AND EXISTS ('
            'SELECT FROM assessment a WHERE a.id = assessment_id AND a.provider_id = q_org() AND a.frozen_at IS NULL))', t, t);
    END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON evidence, charter_action TO quality_web;
GRANT SELECT, INSERT ON evidence_revision TO quality_web;
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['evidence', 'evidence_revision', 'charter_action'] LOOP
        EXECUTE format('CREATE POLICY own_%s ON %I TO quality_web '
            'USING (platform_id = q_platform() AND q_is(''provider'') AND provider_id = q_org()) '
            'WITH CHECK (platform_id = q_platform() AND q_is(''provider'') AND provider_id = q_org())', t, t);
    END LOOP;
END $$;

-- Who wrote, and who may be given something: names of one's own organisation, and nothing else of an account.
CREATE FUNCTION charter_names() RETURNS TABLE (id uuid, name varchar, organisation_id uuid, is_active boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT DISTINCT a.id, a.name, m.organisation_id, a.is_active
    FROM account a JOIN membership m ON m.account_id = a.id
    WHERE m.platform_id = q_platform() AND m.role = 'provider'
      AND (q_is('platform', 'supervisor') OR (q_is('provider') AND m.organisation_id = q_org()))
$$;
REVOKE ALL ON FUNCTION charter_names() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION charter_names() TO quality_web;

-- What peers were issued, principle by principle: values alone, from 11 others on, never whose (charter/benchmark).
CREATE FUNCTION charter_peers(whose uuid, edition_code text, version int, since timestamptz, until timestamptz)
    RETURNS TABLE (chapter text, worth numeric[])
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH last AS (
        SELECT DISTINCT ON (a.provider_id) convert_from(a.issued, 'UTF8')::jsonb AS result
        FROM assessment a
        WHERE a.platform_id = q_platform() AND a.provider_id <> whose
          AND (q_is('platform', 'supervisor') OR (q_is('provider') AND whose = q_org()))
          AND a.edition = edition_code AND a.edition_version = version AND a.kind = 'full'
          AND a.frozen_at >= since AND a.frozen_at < until
        ORDER BY a.provider_id, a.frozen_at DESC
    )
    SELECT part->>'code', array_agg((part->>'value')::numeric ORDER BY (part->>'value')::numeric)
    FROM last, jsonb_array_elements(result->'parts') AS part
    WHERE part->>'level' = 'chapter' AND part->>'value' IS NOT NULL
    GROUP BY 1 HAVING count(*) >= 11
$$;
REVOKE ALL ON FUNCTION charter_peers(uuid, text, int, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION charter_peers(uuid, text, int, timestamptz, timestamptz) TO quality_web;
