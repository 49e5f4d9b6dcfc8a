-- Complaints that somebody has the power to resolve: promises, authority, escalation, what each may read.

-- ---- defaults for statements written by hand ----
ALTER TABLE complaint ALTER holder SET DEFAULT 'provider', ALTER contested_why SET DEFAULT '', ALTER cause_code SET DEFAULT '',
    ALTER remedy_code SET DEFAULT '', ALTER is_serious SET DEFAULT false, ALTER is_shared SET DEFAULT true, ALTER round SET DEFAULT 1,
    ALTER is_first_contact SET DEFAULT false, ALTER measured SET DEFAULT '{}';
ALTER TABLE complaint_promise ALTER detail SET DEFAULT '', ALTER state SET DEFAULT 'promised', ALTER is_first_contact SET DEFAULT false,
    ALTER confirmed_by SET DEFAULT '', ALTER refused_why SET DEFAULT '';
ALTER TABLE complaint_transmission ALTER answer SET DEFAULT '';
ALTER TABLE file ALTER audience SET DEFAULT '';
ALTER TABLE platform ALTER call_lines SET DEFAULT 10, ALTER calls_per_hour SET DEFAULT 8;

-- ---- constraints ----
ALTER TABLE complaint DROP CONSTRAINT complaint_kind, DROP CONSTRAINT complaint_state, DROP CONSTRAINT complaint_acknowledged,
    ADD CONSTRAINT complaint_kind CHECK (kind IN ('unknown', 'late', 'not_done', 'behaviour', 'absent', 'changed', 'billing', 'serious', 'other')),
    ADD CONSTRAINT complaint_state CHECK (state IN ('opened', 'acknowledged', 'remedied', 'closed', 'merged')),
    ADD CONSTRAINT complaint_acknowledged CHECK (state IN ('opened', 'merged') OR acknowledged_at IS NOT NULL),
    ADD CONSTRAINT complaint_holder CHECK (holder IN ('provider', 'platform', 'funder', 'mediator')),
    ADD CONSTRAINT complaint_position CHECK (position IN ('countersigned', 'contested')),
    ADD CONSTRAINT complaint_contested CHECK (position IS DISTINCT FROM 'contested' OR contested_why <> ''),
    ADD CONSTRAINT complaint_round CHECK (round BETWEEN 1 AND 99),
    ADD CONSTRAINT complaint_merged CHECK ((state = 'merged') = (merged_into_id IS NOT NULL) AND merged_into_id <> id),
    ADD CONSTRAINT complaint_serious CHECK (is_serious OR is_shared),
    ADD CONSTRAINT complaint_verdict_dates CHECK (verdict_asked_at IS NULL OR verdict_due_at IS NOT NULL),
    ADD CONSTRAINT complaint_token UNIQUE (token_key);
ALTER TABLE complaint_event DROP CONSTRAINT complaint_event_audience,
    ADD CONSTRAINT complaint_event_audience CHECK (audience IN ('client', 'all', 'staff', 'serious'));
ALTER TABLE complaint_promise
    ADD CONSTRAINT promise_state CHECK (state IN ('promised', 'confirmed', 'refused', 'done', 'broken')),
    ADD CONSTRAINT promise_authority CHECK (authority IN ('agent', 'supervisor', 'platform', 'provider')),
    ADD CONSTRAINT promise_amount CHECK (amount_cents > 0),
    ADD CONSTRAINT promise_due CHECK (due_at >= made_at),
    ADD CONSTRAINT promise_confirmed CHECK (state <> 'confirmed' OR (confirmed_at IS NOT NULL AND confirmed_by <> '')),
    ADD CONSTRAINT promise_done CHECK ((state = 'done') = (done_at IS NOT NULL AND done_how IS NOT NULL)),
    ADD CONSTRAINT promise_done_how CHECK (done_how IN ('file', 'client', 'provider', 'desk')),
    ADD CONSTRAINT promise_refused CHECK (state <> 'refused' OR refused_why <> '');
ALTER TABLE authority_refusal
    ADD CONSTRAINT authority_refusal_reason CHECK (reason IN ('above_limit', 'not_granted', 'no_grid')),
    ADD CONSTRAINT authority_refusal_amount CHECK (amount_cents > 0);
ALTER TABLE complaint_transmission
    ADD CONSTRAINT transmission_answered CHECK ((answered_at IS NULL) = (answer = '')),
    ADD CONSTRAINT transmission_words CHECK (summary <> '' AND asked <> '');
ALTER TABLE reply_template ADD CONSTRAINT reply_template_words CHECK (title <> '' AND text <> '');
ALTER TABLE saved_view
    ADD CONSTRAINT saved_view_words CHECK (name <> ''),
    ADD CONSTRAINT saved_view_once UNIQUE NULLS NOT DISTINCT (account_id, platform_id, organisation_id, page, name);
ALTER TABLE file ADD CONSTRAINT file_audience CHECK ((complaint_id IS NULL) = (audience = '') AND audience IN ('', 'client', 'all', 'staff', 'serious'));
ALTER TABLE platform ADD CONSTRAINT platform_desk CHECK (call_lines BETWEEN 1 AND 500 AND calls_per_hour BETWEEN 1 AND 60);

ALTER TABLE provider_summary ADD CONSTRAINT provider_summary_month CHECK (extract(day FROM month) = 1);

-- ---- what a complaint adds to the figures is looked at again whenever it, a promise or a refusal of it changes ----
CREATE FUNCTION complaint_changed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN NEW.measure_due_at := NEW.opened_at; RETURN NEW; END $$;
CREATE TRIGGER complaint_is_measured BEFORE INSERT OR UPDATE OF disclosure, state, opened_at, remedied_at, verdict, round, cause,
    is_serious, handled_at, is_first_contact ON complaint FOR EACH ROW EXECUTE FUNCTION complaint_changed();
CREATE FUNCTION part_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$ BEGIN UPDATE complaint SET measure_due_at = opened_at WHERE id = NEW.complaint_id; RETURN NULL; END $$;
CREATE TRIGGER promise_is_measured AFTER INSERT OR UPDATE OF complaint_id, due_at, done_at, state, done_how ON complaint_promise
    FOR EACH ROW EXECUTE FUNCTION part_changed();
CREATE TRIGGER refusal_is_measured AFTER INSERT OR UPDATE OF complaint_id ON authority_refusal
    FOR EACH ROW EXECUTE FUNCTION part_changed();
UPDATE complaint SET measure_due_at = opened_at;

-- ---- the ladder reads a complaint again as soon as one of the facts that it reads is written, even by hand or by a
-- restoration (ENABLE ALWAYS); the instant that the job writes, next_step_at, is not one of them ----
CREATE FUNCTION complaint_moved() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN NEW.next_step_at := 'epoch'; RETURN NEW; END $$;
CREATE TRIGGER complaint_climbs BEFORE INSERT OR UPDATE OF state, disclosure, holder, position, departement, round, opened_at,
    acknowledge_due_at, solution_due_at, alert_due_at, verdict_due_at, verdict_asked_at, is_serious, is_shared, handled_at,
    funder_consent, funders, unreached_at ON complaint FOR EACH ROW EXECUTE FUNCTION complaint_moved();
CREATE FUNCTION part_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$ BEGIN UPDATE complaint SET next_step_at = 'epoch' WHERE id = NEW.complaint_id; RETURN NULL; END $$;
CREATE TRIGGER promise_climbs AFTER INSERT OR UPDATE OF complaint_id, made_at, due_at, state ON complaint_promise
    FOR EACH ROW EXECUTE FUNCTION part_moved();
CREATE TRIGGER message_climbs AFTER INSERT OR UPDATE OF complaint_id, kind ON complaint_event
    FOR EACH ROW WHEN (NEW.kind = 'message') EXECUTE FUNCTION part_moved();
CREATE TRIGGER transmission_climbs AFTER INSERT OR UPDATE OF complaint_id, at, answered_at ON complaint_transmission
    FOR EACH ROW EXECUTE FUNCTION part_moved();
ALTER TABLE complaint ENABLE ALWAYS TRIGGER complaint_climbs;
ALTER TABLE complaint_promise ENABLE ALWAYS TRIGGER promise_climbs;
ALTER TABLE complaint_event ENABLE ALWAYS TRIGGER message_climbs;
ALTER TABLE complaint_transmission ENABLE ALWAYS TRIGGER transmission_climbs;
UPDATE complaint SET next_step_at = 'epoch';

-- ---- what may be granted in a call is dated by the day on which it was last written ----
UPDATE referencing SET authority_at = since WHERE authority <> '{}';
UPDATE convention SET authority_at = starts_on WHERE authority <> '{}';
CREATE FUNCTION date_authority() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.authority = '{}' THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' AND (NEW.authority = OLD.authority OR NEW.authority_at IS DISTINCT FROM OLD.authority_at) THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' OR NEW.authority_at IS NULL THEN
        NEW.authority_at := now() + make_interval(secs => clock_offset_seconds());
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER authority_is_dated BEFORE INSERT OR UPDATE OF authority ON referencing FOR EACH ROW EXECUTE FUNCTION date_authority();
CREATE TRIGGER authority_is_dated BEFORE INSERT OR UPDATE OF authority ON convention FOR EACH ROW EXECUTE FUNCTION date_authority();

-- ---- indexes ----
CREATE INDEX complaint_measure ON complaint (measure_due_at) WHERE measure_due_at IS NOT NULL;
CREATE INDEX complaint_climbing ON complaint (next_step_at, id) WHERE next_step_at IS NOT NULL;
CREATE INDEX complaint_opened ON complaint (platform_id, opened_at);
CREATE INDEX complaint_open ON complaint (platform_id, state) WHERE state <> 'closed';
CREATE INDEX complaint_verdict ON complaint (verdict_due_at) WHERE state = 'remedied';
CREATE INDEX promise_complaint ON complaint_promise (complaint_id, made_at);
CREATE INDEX promise_waiting ON complaint_promise (due_at) WHERE state IN ('promised', 'confirmed');
CREATE INDEX authority_refusal_complaint ON authority_refusal (complaint_id);
CREATE INDEX authority_refusal_at ON authority_refusal (platform_id, at);
CREATE INDEX transmission_funder ON complaint_transmission (funder_id, at DESC);
-- until when somebody has read a complaint, and whether a letter about it waits for them
CREATE INDEX audit_complaint ON audit (subject, at) WHERE action = 'complaint.name';
CREATE INDEX mail_recipient ON mail_outbox (recipient, created_at);
CREATE INDEX file_complaint ON file (complaint_id) WHERE complaint_id IS NOT NULL;

-- ---- functions ----
-- What somebody keeps for themselves is keyed on the account, set in each transaction beside platform, organisation and role.
CREATE FUNCTION q_account() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('q.account', true), '')::uuid $$;

-- A serious event is hidden from agents and providers, and its number is taken all the same.
CREATE FUNCTION next_complaint_number(of_platform uuid) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('complaint ' || of_platform::text, 0));
    RETURN (SELECT coalesce(max(number), 0) + 1 FROM complaint WHERE platform_id = of_platform);
END $$;
REVOKE EXECUTE ON FUNCTION next_complaint_number(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION next_complaint_number(uuid) TO quality_web, quality_answer, quality_work;

-- A form sent twice opens one complaint, even a serious event that its writer may not read.
CREATE FUNCTION complaint_of_form(form uuid, writer uuid) RETURNS TABLE (number integer, disclosure text, acknowledge_at timestamptz,
    solution_at timestamptz) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT c.number, c.disclosure, c.acknowledge_due_at, c.solution_due_at FROM complaint c
    WHERE c.id = form AND c.platform_id = q_platform()
      AND EXISTS (SELECT 1 FROM complaint_event e WHERE e.complaint_id = c.id AND e.account_id IS NOT DISTINCT FROM writer)
$$;
REVOKE EXECUTE ON FUNCTION complaint_of_form(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION complaint_of_form(uuid, uuid) TO quality_web;

-- Promises of a complaint joined to another keep the notices that say they were told, and refusals follow: its writer may
-- change neither.
CREATE FUNCTION join_complaint(gone uuid, kept uuid) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
    UPDATE complaint_notice n SET complaint_id = kept FROM complaint_promise p, complaint g
    WHERE g.id = gone AND g.merged_into_id = kept AND g.platform_id = q_platform() AND p.complaint_id = kept
      AND n.complaint_id = gone AND n.kind LIKE '%-' || right(replace(p.id::text, '-', ''), 12);
    UPDATE authority_refusal r SET complaint_id = kept FROM complaint g
    WHERE g.id = gone AND g.merged_into_id = kept AND g.platform_id = q_platform() AND r.complaint_id = gone
$$;
REVOKE EXECUTE ON FUNCTION join_complaint(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION join_complaint(uuid, uuid) TO quality_web;

-- ---- row-level security ----
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['complaint_promise', 'authority_refusal', 'complaint_notice', 'complaint_transmission', 'reply_template',
        'saved_view', 'provider_summary'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['complaint_promise', 'authority_refusal', 'complaint_notice', 'complaint_transmission',
        'provider_summary'] LOOP
        EXECUTE format('CREATE POLICY work_all ON %I TO quality_work USING (true) WITH CHECK (true)', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO quality_work', t);
    END LOOP;
END $$;

-- A serious event is read by supervisors and the platform; its provider reads it once it is shared.
DROP POLICY staff_complaint ON complaint;
CREATE POLICY staff_complaint ON complaint TO quality_web
    USING (platform_id = q_platform() AND (q_is('platform', 'supervisor') OR (q_is('agent') AND NOT is_serious)))
    WITH CHECK (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'));
DROP POLICY own_complaint ON complaint;
CREATE POLICY own_complaint ON complaint TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org() AND disclosure <> 'call_first' AND is_shared)
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org() AND disclosure <> 'call_first' AND is_shared);
DROP POLICY staff_complaint_event ON complaint_event;
CREATE POLICY staff_complaint_event ON complaint_event TO quality_web
    USING (platform_id = q_platform() AND (q_is('platform', 'supervisor')
        OR (q_is('agent') AND audience <> 'serious' AND EXISTS (SELECT 1 FROM complaint c WHERE c.id = complaint_id))))
    WITH CHECK (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'));
DROP POLICY own_complaint_event ON complaint_event;
CREATE POLICY own_complaint_event ON complaint_event TO quality_web
    USING (q_is('provider') AND audience IN ('all', 'client') AND EXISTS (SELECT 1 FROM complaint c WHERE c.id = complaint_id))
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND audience IN ('all', 'client')
        AND EXISTS (SELECT 1 FROM complaint c WHERE c.id = complaint_id));
DROP POLICY staff_subject ON complaint_subject;
CREATE POLICY staff_subject ON complaint_subject TO quality_web
    USING (platform_id = q_platform() AND (q_is('platform', 'supervisor')
        OR (q_is('agent') AND EXISTS (SELECT 1 FROM complaint c WHERE c.id = complaint_subject.id))))
    WITH CHECK (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'));
DROP POLICY disclosed_subject ON complaint_subject;
CREATE POLICY disclosed_subject ON complaint_subject FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org() AND is_disclosed
        AND EXISTS (SELECT 1 FROM complaint c WHERE c.id = complaint_subject.id));

-- a provider opens a complaint that it received itself: it knows from whom
CREATE POLICY received_subject ON complaint_subject FOR INSERT TO quality_web
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org() AND is_disclosed);
-- delays counted again when a client opens a complaint again depend on the mode of its visit
GRANT SELECT (id, mode) ON intervention TO quality_answer;
CREATE POLICY answer_intervention ON intervention FOR SELECT TO quality_answer USING (true);
-- letters about complaints go to those who have an account
GRANT SELECT (id, email, name, language, is_active) ON account TO quality_work;
GRANT SELECT ON membership TO quality_work;
CREATE POLICY work_account ON account FOR SELECT TO quality_work USING (true);
CREATE POLICY work_membership ON membership FOR SELECT TO quality_work USING (true);
-- The client's own page speaks the client's language; it reads nothing else of the person.
GRANT SELECT (id, language) ON client TO quality_answer;
CREATE POLICY answer_client ON client FOR SELECT TO quality_answer USING (true);

GRANT SELECT, INSERT, UPDATE ON complaint_promise TO quality_web, quality_answer;
CREATE POLICY staff_promise ON complaint_promise TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent') AND EXISTS (SELECT 1 FROM complaint c WHERE c.id = complaint_id))
    WITH CHECK (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'));
CREATE POLICY own_promise ON complaint_promise TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org() AND EXISTS (SELECT 1 FROM complaint c WHERE c.id = complaint_id))
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org() AND EXISTS (SELECT 1 FROM complaint c WHERE c.id = complaint_id));
CREATE POLICY answer_promise ON complaint_promise TO quality_answer USING (true) WITH CHECK (true);

GRANT SELECT, INSERT ON authority_refusal TO quality_web;
CREATE POLICY staff_authority_refusal ON authority_refusal TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent') AND EXISTS (SELECT 1 FROM complaint c WHERE c.id = complaint_id))
    WITH CHECK (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'));

GRANT SELECT ON complaint_notice TO quality_web;
CREATE POLICY staff_notice ON complaint_notice FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor') AND EXISTS (SELECT 1 FROM complaint c WHERE c.id = complaint_id));
-- the client's own page says whether the provider may have read the name
GRANT SELECT (complaint_id, kind) ON complaint_notice TO quality_answer;
CREATE POLICY answer_notice ON complaint_notice FOR SELECT TO quality_answer USING (true);

-- A funder reads the facts copied for it, never the complaint; it may write its answer, once.
GRANT SELECT, INSERT, UPDATE ON complaint_transmission TO quality_web;
CREATE POLICY staff_transmission ON complaint_transmission FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor'));
CREATE POLICY staff_transmits ON complaint_transmission FOR INSERT TO quality_web
    WITH CHECK (platform_id = q_platform() AND q_is('platform', 'supervisor'));
CREATE POLICY funder_transmission ON complaint_transmission FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('funder') AND funder_id = q_org());
CREATE POLICY funder_answers ON complaint_transmission FOR UPDATE TO quality_web
    USING (platform_id = q_platform() AND q_is('funder') AND funder_id = q_org() AND answered_at IS NULL)
    WITH CHECK (platform_id = q_platform() AND q_is('funder') AND funder_id = q_org());

GRANT SELECT, INSERT, UPDATE, DELETE ON reply_template, saved_view TO quality_web;
CREATE POLICY read_reply ON reply_template FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent', 'provider')
        AND (organisation_id IS NULL OR organisation_id = q_org()));
CREATE POLICY own_reply ON reply_template TO quality_web
    USING (platform_id = q_platform() AND ((q_is('provider') AND organisation_id = q_org())
        OR (q_is('platform', 'supervisor') AND organisation_id IS NULL)))
    WITH CHECK (platform_id = q_platform() AND ((q_is('provider') AND organisation_id = q_org())
        OR (q_is('platform', 'supervisor') AND organisation_id IS NULL)));
CREATE POLICY own_view ON saved_view TO quality_web
    USING (platform_id = q_platform() AND organisation_id IS NOT DISTINCT FROM q_org() AND account_id = q_account())
    WITH CHECK (platform_id = q_platform() AND organisation_id IS NOT DISTINCT FROM q_org() AND account_id = q_account());

-- files joined to a complaint follow its audience
CREATE POLICY staff_complaint_file ON file FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND complaint_id IS NOT NULL AND q_is('platform', 'supervisor', 'agent')
        AND (audience <> 'serious' OR q_is('platform', 'supervisor')) AND EXISTS (SELECT 1 FROM complaint c WHERE c.id = file.complaint_id));
CREATE POLICY staff_joins_file ON file FOR INSERT TO quality_web
    WITH CHECK (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent')
        AND EXISTS (SELECT 1 FROM complaint c WHERE c.id = file.complaint_id));
CREATE POLICY own_complaint_file ON file FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND audience IN ('all', 'client')
        AND EXISTS (SELECT 1 FROM complaint c WHERE c.id = file.complaint_id));
CREATE POLICY provider_joins_file ON file FOR INSERT TO quality_web
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND audience IN ('all', 'client')
        AND EXISTS (SELECT 1 FROM complaint c WHERE c.id = file.complaint_id));
-- a client joins a file by the link to the complaint, and reads none back; without the name it is the staff's
GRANT SELECT (id, complaint_id, audience, name, sha256), INSERT, UPDATE (audience) ON file TO quality_answer;
GRANT INSERT ON file_chunk TO quality_answer;
CREATE POLICY answer_file ON file TO quality_answer
    USING (complaint_id IS NOT NULL) WITH CHECK (complaint_id IS NOT NULL AND audience <> 'serious');
CREATE POLICY answer_chunk ON file_chunk FOR INSERT TO quality_answer
    WITH CHECK (EXISTS (SELECT 1 FROM file f WHERE f.id = file_id AND f.complaint_id IS NOT NULL));
-- the platform's own files stay its managers'; what is joined to a complaint is not among them
DROP POLICY staff_file ON file;
CREATE POLICY staff_file ON file TO quality_web
    USING (platform_id = q_platform() AND complaint_id IS NULL AND q_is('platform', 'operator'))
    WITH CHECK (platform_id = q_platform() AND complaint_id IS NULL AND q_is('platform', 'operator'));

-- ---- the desk finds a visit by the reference that a caller says ----
CREATE POLICY desk_key ON intervention_key FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('supervisor', 'agent'));

-- ---- what was to leave by a number or an address that died is planned again, once for each death ----
CREATE INDEX endpoint_died ON endpoint (failed_at) WHERE failed_at IS NOT NULL AND failed_at IS DISTINCT FROM replanned_at;
