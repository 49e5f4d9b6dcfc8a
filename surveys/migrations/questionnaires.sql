-- Questionnaires that a platform writes itself, who answered and how, and what was there before a change.

-- ---- a published questionnaire never changes: answers keep the version they were given to ----
CREATE TRIGGER questionnaire_version_is_final BEFORE UPDATE OR DELETE ON questionnaire_version
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
REVOKE UPDATE ON questionnaire_version FROM quality_work;

-- ---- defaults for statements written by hand ----
ALTER TABLE questionnaire_use ALTER id SET DEFAULT gen_random_uuid();
ALTER TABLE questionnaire_draft ALTER based_on SET DEFAULT 0, ALTER revision SET DEFAULT 1, ALTER standing SET DEFAULT 1;
ALTER TABLE questionnaire_audio ALTER variant SET DEFAULT '';
ALTER TABLE response ALTER relation SET DEFAULT '', ALTER help SET DEFAULT '', ALTER worker SET DEFAULT '',
    ALTER disclosure SET DEFAULT 'platform';
ALTER TABLE response_change ALTER id SET DEFAULT gen_random_uuid();
ALTER TABLE message_change ALTER id SET DEFAULT gen_random_uuid(), ALTER subject SET DEFAULT '';

-- ---- constraints ----
ALTER TABLE questionnaire_use
    ADD CONSTRAINT questionnaire_use_moment CHECK (moment IN ('visit', 'first', 'no_show', 'complaint', 'yearly')),
    ADD CONSTRAINT questionnaire_use_code CHECK (code ~ '^[a-z][a-z0-9_]{0,31}$');
ALTER TABLE questionnaire_draft
    ADD CONSTRAINT questionnaire_draft_code CHECK (code ~ '^[a-z][a-z0-9_]{0,31}$'),
    ADD CONSTRAINT questionnaire_draft_tree CHECK (jsonb_typeof(tree) = 'object'),
    ADD CONSTRAINT questionnaire_draft_counts CHECK (based_on >= 0 AND revision >= 1 AND standing BETWEEN 1 AND revision);
ALTER TABLE questionnaire_step
    ADD CONSTRAINT questionnaire_step_tree CHECK (jsonb_typeof(tree) = 'object'),
    ADD CONSTRAINT questionnaire_step_said CHECK (revision >= 1 AND said <> '');
ALTER TABLE questionnaire_audio
    ADD CONSTRAINT questionnaire_audio_variant CHECK (variant IN ('', 'mandataire', 'mise_a_disposition', 'relative', 'mandataire_relative')),
    ADD CONSTRAINT questionnaire_audio_language CHECK (language ~ '^[a-z]{2}$');
ALTER TABLE response DROP CONSTRAINT response_channel,
    ADD CONSTRAINT response_channel CHECK (channel IN ('web', 'sms', 'email', 'phone', 'voice', 'paper')),
    ADD CONSTRAINT response_relation CHECK (relation ~ '^[a-z_]{0,16}$'),
    ADD CONSTRAINT response_help CHECK (help IN ('', 'helped')),
    ADD CONSTRAINT response_worker CHECK (worker IN ('', 'present', 'filled_in')),
    ADD CONSTRAINT response_disclosure CHECK (disclosure IN ('platform', 'named'));
ALTER TABLE response_change
    ADD CONSTRAINT response_change_channel CHECK (channel IN ('web', 'sms', 'email', 'phone', 'voice', 'paper')),
    ADD CONSTRAINT response_change_version CHECK (version > 0);
ALTER TABLE message_change ADD CONSTRAINT message_change_language CHECK (language ~ '^[a-z]{2}$');

-- ---- beside the visit: once a year, and once a complaint is closed ----
ALTER TABLE invitation DROP CONSTRAINT invitation_purpose, DROP CONSTRAINT invitation_asks, DROP CONSTRAINT invitation_complaint,
    ADD CONSTRAINT invitation_purpose CHECK (purpose IN ('survey', 'yearly', 'complaint', 'news', 'verdict', 'appointment')),
    ADD CONSTRAINT invitation_asks CHECK (purpose NOT IN ('survey', 'yearly', 'complaint')
        OR (questionnaire_id IS NOT NULL AND protocol_id IS NOT NULL)),
    ADD CONSTRAINT invitation_complaint CHECK (purpose IN ('survey', 'yearly') OR complaint_id IS NOT NULL);
CREATE UNIQUE INDEX invitation_year ON invitation (client_id, audience, extract(year FROM month)) WHERE purpose = 'yearly';
CREATE UNIQUE INDEX invitation_judged ON invitation (complaint_id, audience) WHERE purpose = 'complaint';

-- Whoever refuses to be asked about visits is not asked about a year either.
CREATE OR REPLACE FUNCTION refuse(of_invitation uuid, how text, at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    asked invitation;
    who uuid;
    stopped integer;
BEGIN
    SELECT * INTO asked FROM invitation WHERE id = of_invitation;
    IF NOT FOUND THEN RETURN 0; END IF;
    SELECT person_id INTO who FROM client WHERE id = asked.client_id;
    IF asked.audience = 'client' THEN
        UPDATE person SET refused_at = coalesce(refused_at, at) WHERE id = who;
    END IF;
    UPDATE endpoint e SET refused_at = coalesce(e.refused_at, at), refused_how = coalesce(e.refused_how, how)
        WHERE e.id IN (SELECT a.endpoint_id FROM attempt a WHERE a.invitation_id = of_invitation);
    UPDATE attempt a SET state = 'suppressed', reason = 'refused', lease_until = NULL, settled_at = at
        WHERE a.state IN ('planned', 'deferred', 'claimed') AND a.purpose IN ('survey', 'yearly')
          AND ((asked.audience = 'client' AND a.person_id = who AND a.audience = 'client')
               OR a.endpoint_id IN (SELECT b.endpoint_id FROM attempt b WHERE b.invitation_id = of_invitation));
    GET DIAGNOSTICS stopped = ROW_COUNT;
    UPDATE call_case c SET state = 'done', outcome = 'refused', closed_at = at, agent_id = NULL, lease_until = NULL
        WHERE c.state <> 'done' AND c.kind = 'survey' AND c.invitation_id IN
            (SELECT i.id FROM invitation i JOIN client k ON k.id = i.client_id
             WHERE i.id = of_invitation OR (asked.audience = 'client' AND k.person_id = who AND i.audience = 'client'));
    RETURN stopped;
END $$;

-- ---- indexes ----
CREATE INDEX response_change_invitation ON response_change (invitation_id);
CREATE INDEX response_change_response ON response_change (response_id);
CREATE INDEX response_device ON response (device_key, updated_at) WHERE device_key IS NOT NULL;
CREATE INDEX message_change_name ON message_change (platform_id, name, language, at);
CREATE INDEX questionnaire_audio_file ON questionnaire_audio (file_id);

-- ---- row-level security ----
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['questionnaire_use', 'questionnaire_draft', 'questionnaire_step', 'questionnaire_audio', 'response_change',
        'message_change'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['questionnaire_use', 'response_change'] LOOP
        EXECUTE format('CREATE POLICY work_all ON %I TO quality_work USING (true) WITH CHECK (true)', t);
    END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON questionnaire_use TO quality_web;
GRANT SELECT ON questionnaire_use TO quality_work, quality_answer;
CREATE POLICY read_use ON questionnaire_use FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'));
CREATE POLICY write_use ON questionnaire_use TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'operator')) WITH CHECK (platform_id = q_platform() AND q_is('platform', 'operator'));
CREATE POLICY answer_use ON questionnaire_use FOR SELECT TO quality_answer USING (true);

GRANT SELECT, INSERT, UPDATE, DELETE ON questionnaire_draft, questionnaire_step TO quality_web;
CREATE POLICY read_draft ON questionnaire_draft FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor'));
CREATE POLICY write_draft ON questionnaire_draft TO quality_web
    USING (platform_id = q_platform() AND q_is('platform')) WITH CHECK (platform_id = q_platform() AND q_is('platform'));
CREATE POLICY write_step ON questionnaire_step TO quality_web
    USING (platform_id = q_platform() AND q_is('platform')) WITH CHECK (platform_id = q_platform() AND q_is('platform'));

-- A question read aloud is heard by whoever opens it; its file is read by answer pages and no other of the platform's is.
GRANT SELECT, INSERT, UPDATE, DELETE ON questionnaire_audio TO quality_web;
GRANT SELECT ON questionnaire_audio, file_chunk TO quality_answer;
GRANT SELECT (platform_id, organisation_id, media_type, size) ON file TO quality_answer;
CREATE POLICY keep_audio ON questionnaire_audio TO quality_web
    USING (platform_id = q_platform() AND q_is('platform')) WITH CHECK (platform_id = q_platform() AND q_is('platform'));
CREATE POLICY answer_audio ON questionnaire_audio FOR SELECT TO quality_answer USING (true);
CREATE POLICY answer_audio_file ON file FOR SELECT TO quality_answer
    USING (complaint_id IS NULL AND organisation_id IS NULL AND EXISTS
        (SELECT 1 FROM questionnaire_audio a WHERE a.file_id = file.id AND a.platform_id = file.platform_id));
CREATE POLICY answer_audio_chunk ON file_chunk FOR SELECT TO quality_answer
    USING (EXISTS (SELECT 1 FROM file f WHERE f.id = file_id AND f.complaint_id IS NULL));

-- What was answered before is kept by the statement of the answer, read by the platform, and leaves with the answer.
GRANT SELECT, INSERT ON response_change TO quality_answer;
GRANT SELECT, INSERT, DELETE ON response_change TO quality_work;
GRANT SELECT ON response_change TO quality_web;
CREATE POLICY answer_change ON response_change TO quality_answer USING (true) WITH CHECK (true);
CREATE POLICY staff_change ON response_change FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor'));

-- The platform writes its own messages; the words of before stay.
GRANT UPDATE ON message_template TO quality_web;
GRANT SELECT, INSERT ON message_change TO quality_web;
CREATE POLICY staff_message_change ON message_change TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor'))
    WITH CHECK (platform_id = q_platform() AND q_is('platform'));
