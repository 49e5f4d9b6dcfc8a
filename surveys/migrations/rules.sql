-- What the models cannot say: constraints, indexes, refusal, policies and grants of surveys.

-- ---- defaults for statements written by hand ----
ALTER TABLE invitation ALTER territory SET DEFAULT '', ALTER funders SET DEFAULT '{}', ALTER age_band SET DEFAULT '',
    ALTER collector SET DEFAULT 'platform';
ALTER TABLE attempt ALTER try_number SET DEFAULT 1, ALTER fence SET DEFAULT 0, ALTER claims SET DEFAULT 0, ALTER errors SET DEFAULT 0,
    ALTER report_rank SET DEFAULT 0, ALTER state SET DEFAULT 'planned';
ALTER TABLE response ALTER admissible SET DEFAULT 'yes', ALTER version SET DEFAULT 1;
ALTER TABLE call_case ALTER priority SET DEFAULT 50, ALTER wish SET DEFAULT '', ALTER tries SET DEFAULT 0, ALTER state SET DEFAULT 'open';

-- A first answer writes the row of its invitation again: with room beside it, none of its nine indexes is written.
ALTER TABLE invitation SET (fillfactor = 85);

-- ---- constraints ----
-- Each statement prepares again the rules of the tables that it writes. Those of an answer are written as they are
-- checked, a list as one constant and no function in SQL to read: its later statements take a fifth less.
ALTER TABLE occasion
    ADD CONSTRAINT occasion_decision CHECK (decision IN ('asked', 'not_asked')),
    ADD CONSTRAINT occasion_draw CHECK (draw >= 0 AND draw < 1);
ALTER TABLE stratum
    ADD CONSTRAINT stratum_quarter CHECK (quarter ~ '^[0-9]{4}-Q[1-4]$'),
    ADD CONSTRAINT stratum_target CHECK (target > 0 AND (expected IS NULL OR expected >= 0));
ALTER TABLE invitation
    ADD CONSTRAINT invitation_purpose CHECK (purpose = ANY ('{survey,news,verdict,appointment}'::text[])),
    ADD CONSTRAINT invitation_audience CHECK (audience = ANY ('{client,relative}'::text[])),
    ADD CONSTRAINT invitation_token UNIQUE (token_key),
    ADD CONSTRAINT invitation_occasion UNIQUE (occasion_id, audience),
    ADD CONSTRAINT invitation_survey CHECK ((purpose = 'survey') = (occasion_id IS NOT NULL)),
    ADD CONSTRAINT invitation_asks CHECK (purpose <> 'survey' OR (questionnaire_id IS NOT NULL AND protocol_id IS NOT NULL)),
    ADD CONSTRAINT invitation_complaint CHECK (purpose = 'survey' OR complaint_id IS NOT NULL),
    ADD CONSTRAINT invitation_first_mode CHECK (first_mode = ANY ('{sms,email,phone}'::text[])),
    ADD CONSTRAINT invitation_month CHECK (extract(day FROM month) = 1),
    ADD CONSTRAINT invitation_closed CHECK ((closed_at IS NULL) = (closed_reason IS NULL));
ALTER TABLE attempt
    ADD CONSTRAINT attempt_identity CHECK (substr(uuid_send(id), 1, 15) = substr(uuid_send(invitation_id), 1, 15)
        AND get_byte(uuid_send(id), 15) = step * 16 + try_number),
    ADD CONSTRAINT attempt_step CHECK (step BETWEEN 0 AND 15 AND try_number BETWEEN 1 AND 15),
    ADD CONSTRAINT attempt_state CHECK (state = ANY ('{planned,claimed,sending,sent,delivered,failed,expired,uncertain,deferred,suppressed,dead}'::text[])),
    ADD CONSTRAINT attempt_channel CHECK (channel = ANY ('{sms,email,phone}'::text[])),
    ADD CONSTRAINT attempt_audience CHECK (audience = ANY ('{client,relative}'::text[])),
    ADD CONSTRAINT attempt_window CHECK (closes_at > opens_at AND give_up_at >= closes_at),
    ADD CONSTRAINT attempt_lease CHECK ((state = ANY ('{claimed,sending}'::text[])) = (lease_until IS NOT NULL)),
    ADD CONSTRAINT attempt_sent CHECK (state <> ALL ('{sent,delivered}'::text[]) OR sent_at IS NOT NULL),
    ADD CONSTRAINT attempt_why CHECK (state <> ALL ('{failed,expired,suppressed,dead,deferred}'::text[]) OR reason IS NOT NULL);
ALTER TABLE contact_event ADD CONSTRAINT contact_event_channel CHECK (channel IN ('sms', 'email', 'phone'));
ALTER TABLE response
    ADD CONSTRAINT response_respondent CHECK (respondent = ANY ('{client,relative,guardian,other}'::text[])),
    ADD CONSTRAINT response_identity CHECK (id = child_id(invitation_id,
        CASE respondent WHEN 'client' THEN 1 WHEN 'relative' THEN 2 WHEN 'guardian' THEN 3 ELSE 4 END)),
    ADD CONSTRAINT response_channel CHECK (channel = ANY ('{web,sms,email,phone}'::text[])),
    ADD CONSTRAINT response_version CHECK (version > 0);
ALTER TABLE call_case
    ADD CONSTRAINT call_case_kind CHECK (kind = ANY ('{survey,callback,complaint,verdict,inbound}'::text[])),
    ADD CONSTRAINT call_case_state CHECK (state = ANY ('{open,held,done}'::text[])),
    ADD CONSTRAINT call_case_held CHECK ((state = 'held') = (agent_id IS NOT NULL AND lease_until IS NOT NULL)),
    ADD CONSTRAINT call_case_done CHECK (state <> 'done' OR (outcome IS NOT NULL AND closed_at IS NOT NULL)),
    ADD CONSTRAINT call_case_window CHECK (closes_at > next_due_at);
ALTER TABLE inbound
    ADD CONSTRAINT inbound_channel CHECK (channel IN ('sms', 'email', 'phone')),
    ADD CONSTRAINT inbound_kind CHECK (kind IN ('rating', 'stop', 'help', 'dont_know', 'ambiguous', 'other', 'late', 'unknown'));

-- ---- indexes ----
CREATE INDEX occasion_person ON occasion (person_id, ended_at) WHERE decision = 'asked';
CREATE INDEX occasion_client ON occasion (client_id);
CREATE INDEX invitation_open ON invitation (platform_id, closes_at) WHERE closed_at IS NULL;
CREATE INDEX invitation_client ON invitation (client_id);
CREATE INDEX attempt_due ON attempt (channel, opens_at) WHERE state IN ('planned', 'deferred');
CREATE INDEX attempt_leased ON attempt (lease_until) WHERE state IN ('claimed', 'sending');
CREATE INDEX attempt_missed ON attempt (closes_at) WHERE state IN ('planned', 'deferred');
CREATE INDEX attempt_invitation ON attempt (invitation_id);
CREATE INDEX attempt_person ON attempt (person_id) WHERE state IN ('planned', 'deferred', 'claimed');
CREATE INDEX attempt_endpoint ON attempt (endpoint_id, sent_at);
CREATE INDEX response_invitation ON response (invitation_id);
CREATE INDEX call_case_due ON call_case (platform_id, next_due_at) WHERE state = 'open';
CREATE UNIQUE INDEX call_case_survey_once ON call_case (invitation_id) WHERE kind = 'survey';
CREATE UNIQUE INDEX call_case_complaint_once ON call_case (complaint_id) WHERE kind = 'complaint';
CREATE UNIQUE INDEX call_case_callback_once ON call_case (invitation_id) WHERE kind = 'callback' AND state <> 'done';
CREATE INDEX inbound_invitation ON inbound (invitation_id);
CREATE INDEX memory_message_order ON memory_message (sent_at DESC);

-- ---- refusal: the person's, and the endpoints reached for this invitation; every channel, at once ----
-- Whoever refuses to be asked about visits is not asked about a year either.
CREATE FUNCTION refuse(of_invitation uuid, how text, at timestamptz) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
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
REVOKE EXECUTE ON FUNCTION refuse(uuid, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION refuse(uuid, text, timestamptz) TO quality_answer, quality_work;

-- ---- row-level security ----
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['questionnaire_version', 'protocol_version', 'message_template', 'stratum', 'occasion', 'invitation',
        'attempt', 'contact_event', 'response', 'call_case', 'inbound', 'memory_message'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
        EXECUTE format('CREATE POLICY work_all ON %I TO quality_work USING (true) WITH CHECK (true)', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO quality_work', t);
    END LOOP;
END $$;
GRANT DELETE ON contact_event TO quality_work;

GRANT SELECT, INSERT ON questionnaire_version, protocol_version, message_template TO quality_web;
GRANT SELECT ON questionnaire_version, protocol_version, message_template TO quality_answer;
CREATE POLICY web_questionnaire ON questionnaire_version TO quality_web
    USING (platform_id = q_platform()) WITH CHECK (platform_id = q_platform() AND q_is('platform', 'operator'));
CREATE POLICY answer_questionnaire ON questionnaire_version FOR SELECT TO quality_answer USING (true);
CREATE POLICY web_protocol ON protocol_version TO quality_web
    USING (platform_id = q_platform()) WITH CHECK (platform_id = q_platform() AND q_is('platform', 'operator'));
CREATE POLICY answer_protocol ON protocol_version FOR SELECT TO quality_answer USING (true);
CREATE POLICY web_template ON message_template TO quality_web
    USING (platform_id = q_platform()) WITH CHECK (platform_id = q_platform() AND q_is('platform', 'operator'));
CREATE POLICY answer_template ON message_template FOR SELECT TO quality_answer USING (true);

GRANT SELECT ON stratum, occasion, invitation, attempt, response, inbound TO quality_web;
CREATE POLICY staff_stratum ON stratum FOR SELECT TO quality_web USING (platform_id = q_platform() AND q_is('platform', 'supervisor'));
CREATE POLICY staff_occasion ON occasion FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'));
-- A provider never reads the ledger: it reads what its own lines say. Cap, interval, draw, refusals, complaints
-- and deaths told elsewhere look alike; « no channel » only where its line holds none, never because one was refused.
CREATE VIEW provider_occasion WITH (security_barrier) AS
    SELECT o.id, o.decision, CASE
            WHEN o.decision = 'asked' THEN 'asked'
            WHEN o.reason = 'cancelled' THEN 'cancelled'
            WHEN o.reason IN ('hospital', 'moved', 'ended') OR (o.reason = 'deceased' AND k.status = 'deceased') THEN 'spared'
            WHEN o.reason IN ('too_late', 'client_not_eligible') THEN 'too_late'
            WHEN o.reason = 'no_channel' AND k.identity_purged_at IS NULL AND coalesce(k.mobile_key, k.phone_key, k.email_key,
                k.relative_phone_key, k.relative_email_key) IS NULL THEN 'no_channel'
            ELSE 'not_selected' END AS ruling
    FROM occasion o JOIN client k ON k.id = o.client_id
    WHERE o.platform_id = q_platform()
      AND (q_is('platform', 'supervisor') OR (q_role() = 'provider' AND o.provider_id = q_org()));
GRANT SELECT ON provider_occasion TO quality_web;
CREATE POLICY staff_invitation ON invitation FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'));
CREATE POLICY staff_attempt ON attempt FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'));
CREATE POLICY staff_response ON response FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'));
CREATE POLICY staff_inbound ON inbound FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'));
GRANT SELECT, UPDATE ON call_case TO quality_web;
CREATE POLICY staff_call_case ON call_case TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'))
    WITH CHECK (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'));

GRANT SELECT, UPDATE ON invitation, attempt TO quality_answer;
CREATE POLICY answer_invitation ON invitation TO quality_answer USING (true) WITH CHECK (true);
CREATE POLICY answer_attempt ON attempt TO quality_answer USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON response, call_case TO quality_answer;
CREATE POLICY answer_response ON response TO quality_answer USING (true) WITH CHECK (true);
CREATE POLICY answer_call_case ON call_case TO quality_answer USING (true) WITH CHECK (true);
