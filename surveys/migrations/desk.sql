-- The phone desk: what a case remembers, the log of calls, teams, instructions, training.

-- ---- defaults for statements written by hand ----
ALTER TABLE call_case ALTER language SET DEFAULT 'fr', ALTER morning_tries SET DEFAULT 0, ALTER afternoon_tries SET DEFAULT 0,
    ALTER number_rank SET DEFAULT 0, ALTER place SET DEFAULT '', ALTER is_incoming SET DEFAULT false, ALTER referred_why SET DEFAULT '';
ALTER TABLE call_log ALTER number_kind SET DEFAULT '', ALTER is_situation SET DEFAULT false,    ALTER review SET DEFAULT '';
ALTER TABLE desk_agent ALTER languages SET DEFAULT '{}';
ALTER TABLE training_run ALTER answers SET DEFAULT '{}';

-- ---- who waits in which order: those who asked for a call before those who are asked ----
UPDATE call_case SET priority = CASE kind WHEN 'complaint' THEN 10 WHEN 'inbound' THEN 15 WHEN 'callback' THEN 20
    WHEN 'verdict' THEN 30 ELSE 50 END WHERE priority = 50;

-- ---- constraints ----
ALTER TABLE call_case
    ADD CONSTRAINT call_case_priority CHECK (priority IN (5, 10, 15, 20, 30, 50)),
    ADD CONSTRAINT call_case_language CHECK (language ~ '^[a-z]{2}$'),
    ADD CONSTRAINT call_case_parts CHECK (morning_tries >= 0 AND afternoon_tries >= 0 AND number_rank >= 0),
    ADD CONSTRAINT call_case_referred CHECK (referred_at IS NULL OR referred_why <> '');
ALTER TABLE call_log
    ADD CONSTRAINT call_log_part CHECK (part IN ('morning', 'afternoon')),
    ADD CONSTRAINT call_log_ends CHECK (ended_at >= started_at),
    ADD CONSTRAINT call_log_number CHECK (number_kind IN ('', 'mobile', 'phone', 'relative', 'incoming')),
    ADD CONSTRAINT call_log_reviewed CHECK (reviewed_at IS NULL OR review <> '');
ALTER TABLE desk_team ADD CONSTRAINT desk_team_lines CHECK (lines BETWEEN 1 AND 500);
ALTER TABLE desk_agent ADD CONSTRAINT desk_agent_shift CHECK (starts_minute >= 0 AND ends_minute > starts_minute AND ends_minute <= 1440);
ALTER TABLE desk_notice ADD CONSTRAINT desk_notice_words CHECK (title <> '' AND text <> '');

ALTER TABLE inbound DROP CONSTRAINT inbound_kind, ADD CONSTRAINT inbound_kind
    CHECK (kind IN ('rating', 'stop', 'help', 'dont_know', 'ambiguous', 'other', 'late', 'unknown', 'verdict'));

-- ---- the words of a message are dated by the day on which they changed ----
CREATE FUNCTION date_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.subject, NEW.text) IS DISTINCT FROM (OLD.subject, OLD.text) AND NEW.changed_at IS NOT DISTINCT FROM OLD.changed_at THEN
        NEW.changed_at := now() + make_interval(secs => clock_offset_seconds());
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER words_are_dated BEFORE UPDATE ON message_template FOR EACH ROW EXECUTE FUNCTION date_words();

-- ---- indexes ----
CREATE UNIQUE INDEX call_case_callback_followed ON call_case (complaint_id) WHERE kind = 'callback' AND state <> 'done';
CREATE INDEX invitation_followed ON invitation (complaint_id) WHERE complaint_id IS NOT NULL;
DROP INDEX call_case_due;
-- The first cases of each language, priority and team are read from here (surveys/desk/picking.py).
CREATE INDEX call_case_next ON call_case (platform_id, language, priority,
    (coalesce(team_id, '00000000-0000-0000-0000-000000000000'::uuid)), next_due_at, id)
    WHERE state = 'open' AND referred_at IS NULL AND assigned_to IS NULL;
CREATE INDEX call_case_assigned ON call_case (assigned_to, priority, next_due_at) WHERE state = 'open' AND assigned_to IS NOT NULL;
CREATE INDEX call_case_referred ON call_case (platform_id, referred_at) WHERE state = 'open' AND referred_at IS NOT NULL;
CREATE INDEX call_case_over ON call_case (closes_at) WHERE state = 'open';
CREATE INDEX call_case_held ON call_case (platform_id, lease_until) WHERE state = 'held';
-- One agent has one call in hand, even when a button is pressed twice.
CREATE UNIQUE INDEX call_case_in_hand ON call_case (agent_id) WHERE state = 'held';
CREATE INDEX call_case_client ON call_case (client_id) WHERE state <> 'done';
CREATE UNIQUE INDEX call_case_verdict_once ON call_case (complaint_id) WHERE kind = 'verdict' AND state <> 'done';
CREATE INDEX call_case_noted ON call_case (closed_at) WHERE state = 'done' AND note_cipher IS NOT NULL;
CREATE INDEX call_case_ended ON call_case ((undo ->> 'agent'), ((undo ->> 'at') COLLATE "C")) WHERE undo ->> 'kind' = 'end';
CREATE INDEX call_log_day ON call_log (platform_id, ended_at);
CREATE INDEX call_log_case ON call_log (case_id);
CREATE INDEX call_log_undrawn ON call_log (id) WHERE is_sampled IS NULL;
CREATE INDEX call_log_agent ON call_log (agent_id, ended_at);
CREATE INDEX desk_notice_at ON desk_notice (platform_id, at);
CREATE INDEX training_account ON training_run (account_id, started_at);

-- ---- row-level security ----
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['call_log', 'desk_team', 'desk_agent', 'desk_notice', 'training_run'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['call_log', 'desk_team', 'desk_agent'] LOOP
        EXECUTE format('CREATE POLICY work_all ON %I TO quality_work USING (true) WITH CHECK (true)', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO quality_work', t);
    END LOOP;
END $$;
-- An answer taken back at the desk, and a call that was ended by mistake, leave nothing behind.
GRANT DELETE ON response, call_log TO quality_work;
GRANT SELECT, UPDATE ON call_log TO quality_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON desk_team, desk_agent, desk_notice TO quality_web;
CREATE POLICY read_team ON desk_team FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'));
CREATE POLICY keep_team ON desk_team TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor')) WITH CHECK (platform_id = q_platform() AND q_is('platform', 'supervisor'));
CREATE POLICY read_agent ON desk_agent FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'));
CREATE POLICY keep_agent ON desk_agent TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor')) WITH CHECK (platform_id = q_platform() AND q_is('platform', 'supervisor'));
CREATE POLICY read_notice ON desk_notice FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'));
CREATE POLICY keep_notice ON desk_notice TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor')) WITH CHECK (platform_id = q_platform() AND q_is('platform', 'supervisor'));
GRANT SELECT, INSERT, UPDATE ON training_run TO quality_web;
CREATE POLICY own_training ON training_run TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent') AND account_id = q_account())
    WITH CHECK (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent') AND account_id = q_account());

-- A call about a complaint is read by those who may read the complaint: an agent never sees one of a serious event.
DROP POLICY staff_call_case ON call_case;
CREATE POLICY staff_call_case ON call_case TO quality_web
    USING (platform_id = q_platform() AND (q_is('platform', 'supervisor')
        OR (q_is('agent') AND (complaint_id IS NULL OR EXISTS (SELECT 1 FROM complaint c WHERE c.id = call_case.complaint_id)))))
    WITH CHECK (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'));
-- So are what was sent and written about it, and the calls that were made.
DROP POLICY staff_invitation ON invitation;
CREATE POLICY staff_invitation ON invitation FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND (q_is('platform', 'supervisor')
        OR (q_is('agent') AND (complaint_id IS NULL OR EXISTS (SELECT 1 FROM complaint c WHERE c.id = invitation.complaint_id)))));
DROP POLICY staff_attempt ON attempt;
CREATE POLICY staff_attempt ON attempt FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND (q_is('platform', 'supervisor')
        OR (q_is('agent') AND (purpose = 'survey' OR EXISTS (SELECT 1 FROM invitation i WHERE i.id = attempt.invitation_id)))));
DROP POLICY staff_inbound ON inbound;
CREATE POLICY staff_inbound ON inbound FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND (q_is('platform', 'supervisor')
        OR (q_is('agent') AND (invitation_id IS NULL OR EXISTS (SELECT 1 FROM invitation i WHERE i.id = inbound.invitation_id)))));
CREATE POLICY staff_call_log ON call_log TO quality_web
    USING (platform_id = q_platform() AND (q_is('platform', 'supervisor')
        OR (q_is('agent') AND (complaint_id IS NULL OR EXISTS (SELECT 1 FROM complaint c WHERE c.id = call_log.complaint_id)))))
    WITH CHECK (platform_id = q_platform() AND q_is('platform', 'supervisor'));
