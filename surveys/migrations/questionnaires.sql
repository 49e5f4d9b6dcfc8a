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
    ALTER disclosure SET DEFAULT 'platform', ALTER doubts SET DEFAULT '{}', ALTER verdict SET DEFAULT '';
ALTER TABLE response_change ALTER id SET DEFAULT gen_random_uuid();
ALTER TABLE response_judgement ALTER id SET DEFAULT gen_random_uuid();
ALTER TABLE message_change ALTER id SET DEFAULT gen_random_uuid(), ALTER subject SET DEFAULT '';

-- ---- constraints ----
ALTER TABLE questionnaire_use
    ADD CONSTRAINT questionnaire_use_moment CHECK (moment IN ('visit', 'first', 'no_show', 'complaint', 'yearly')),
    ADD CONSTRAINT questionnaire_use_code CHECK (code ~ '^[a-z][a-z0-9_]{0,31}$' OR (code = '' AND moment <> 'visit'));
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
    ADD CONSTRAINT response_channel CHECK (channel = ANY ('{web,sms,email,phone,voice,paper}'::text[])),
    DROP CONSTRAINT response_identity,
    -- The place of an answer among those of its invitation; whose it is may be said later, and is in respondent.
    ADD CONSTRAINT response_identity CHECK (substr(uuid_send(id), 1, 15) = substr(uuid_send(invitation_id), 1, 15)
        AND get_byte(uuid_send(id), 15) BETWEEN 1 AND 4),
    ADD CONSTRAINT response_relation CHECK (relation ~ '^[a-z_]{0,16}$'),
    ADD CONSTRAINT response_help CHECK (help = ANY ('{"",helped}'::text[])),
    ADD CONSTRAINT response_worker CHECK (worker = ANY ('{"",present,filled_in}'::text[])),
    ADD CONSTRAINT response_disclosure CHECK (disclosure = ANY ('{platform,named,recalled}'::text[])),
    ADD CONSTRAINT response_verdict CHECK (verdict = ANY ('{"",in,out}'::text[])),
    ADD CONSTRAINT response_judged CHECK (verdict = '' OR doubts <> '{}');
ALTER TABLE response_change
    ADD CONSTRAINT response_change_channel CHECK (channel IN ('web', 'sms', 'email', 'phone', 'voice', 'paper')),
    ADD CONSTRAINT response_change_version CHECK (version > 0);
ALTER TABLE response_judgement
    ADD CONSTRAINT response_judgement_verdict CHECK (verdict IN ('in', 'out')),
    ADD CONSTRAINT response_judgement_why CHECK (why <> '');
ALTER TABLE message_change ADD CONSTRAINT message_change_language CHECK (language ~ '^[a-z]{2}$');

-- ---- beside the visit: once a year, and once a complaint is closed ----
ALTER TABLE invitation DROP CONSTRAINT invitation_purpose, DROP CONSTRAINT invitation_asks, DROP CONSTRAINT invitation_complaint,
    DROP CONSTRAINT invitation_door,
    ADD CONSTRAINT invitation_purpose CHECK (purpose = ANY ('{survey,yearly,complaint,news,verdict,appointment}'::text[])),
    ADD CONSTRAINT invitation_asks CHECK (purpose <> ALL ('{survey,yearly,complaint}'::text[])
        OR (questionnaire_id IS NOT NULL AND protocol_id IS NOT NULL)),
    ADD CONSTRAINT invitation_door CHECK ((collector = 'self' OR purpose = 'complaint') = (first_mode = 'web')),
    ADD CONSTRAINT invitation_complaint CHECK (purpose = ANY ('{survey,yearly}'::text[]) OR complaint_id IS NOT NULL);
CREATE UNIQUE INDEX invitation_year ON invitation (client_id, audience, extract(year FROM month)) WHERE purpose = 'yearly';
CREATE UNIQUE INDEX invitation_judged ON invitation (complaint_id, audience) WHERE purpose = 'complaint';

-- ---- indexes ----
CREATE INDEX response_change_invitation ON response_change (invitation_id);
CREATE INDEX response_change_response ON response_change (response_id);
CREATE INDEX response_device ON response (created_at) WHERE device_key IS NOT NULL;
CREATE INDEX response_apart ON response (platform_id, id) WHERE doubts <> '{}';
-- Few cells are apart: what they would change is found without reading the others.
CREATE INDEX cell_apart ON cell (platform_id, month) WHERE admissible <> 'yes';
CREATE INDEX response_judgement_response ON response_judgement (response_id, at);
CREATE INDEX message_change_name ON message_change (platform_id, name, language, at);
CREATE INDEX questionnaire_audio_file ON questionnaire_audio (file_id);

-- ---- row-level security ----
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['questionnaire_use', 'questionnaire_draft', 'questionnaire_step', 'questionnaire_audio', 'response_change',
        'response_judgement', 'message_change'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['questionnaire_use', 'response_change', 'response_judgement'] LOOP
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

-- What was decided of an answer set apart is written once, with its cells, and read by whoever may decide.
GRANT SELECT, INSERT, DELETE ON response_judgement TO quality_work;
GRANT SELECT ON response_judgement TO quality_web;
CREATE POLICY staff_judgement ON response_judgement FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor'));

-- The platform writes its own messages; the words of before stay.
GRANT UPDATE ON message_template TO quality_web;
GRANT SELECT, INSERT ON message_change TO quality_web;
CREATE POLICY staff_message_change ON message_change TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor'))
    WITH CHECK (platform_id = q_platform() AND q_is('platform'));
