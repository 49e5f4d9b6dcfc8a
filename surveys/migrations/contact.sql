-- The contact engine: what restrains a channel, the cap that each attempt keeps, visits that could not be decided, and the drafts
-- of protocols.

ALTER TABLE channel_setting ALTER held_why SET DEFAULT '', ALTER spent SET DEFAULT '{}';
ALTER TABLE channel_setting
    ADD CONSTRAINT channel_setting_channel CHECK (channel IN ('sms', 'email', 'phone')),
    ADD CONSTRAINT channel_setting_held CHECK ((held_at IS NULL) = (held_why = '')),
    ADD CONSTRAINT channel_setting_budget CHECK (per_day >= 0 AND (per_day IS NULL OR channel <> 'phone')),
    ADD CONSTRAINT channel_setting_spent CHECK (jsonb_typeof(spent) = 'object');

-- What waits is read in the order in which it is claimed.
DROP INDEX attempt_due;
CREATE INDEX attempt_due ON attempt (channel, opens_at, id) WHERE state IN ('planned', 'deferred');

-- What somebody may have to decide is found without reading the months.
CREATE INDEX attempt_stuck ON attempt (platform_id, state) WHERE state IN ('uncertain', 'dead');
-- So is what was counted and stopped before it left.
CREATE INDEX attempt_unsent ON attempt (id)
    WHERE state IN ('planned', 'deferred', 'suppressed', 'expired') AND counted_at IS NOT NULL AND sent_at IS NULL
      AND channel <> 'phone';

ALTER TABLE channel_setting ENABLE ROW LEVEL SECURITY;
ALTER TABLE channel_setting FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON channel_setting TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY work_all ON channel_setting TO quality_work USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON channel_setting TO quality_work;
GRANT SELECT ON channel_setting TO quality_web;
CREATE POLICY read_channel ON channel_setting FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor'));

-- The pace of a carrier is kept by all workers together.
ALTER TABLE carrier_pace ADD CONSTRAINT carrier_pace_channel CHECK (channel IN ('sms', 'email', 'phone'));
ALTER TABLE carrier_pace ENABLE ROW LEVEL SECURITY;
ALTER TABLE carrier_pace FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON carrier_pace TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY work_all ON carrier_pace TO quality_work USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON carrier_pace TO quality_work;

-- A protocol may ask less than four times in thirty days: each attempt keeps the cap it was planned under.
ALTER TABLE attempt ALTER contact_cap SET DEFAULT 4, ADD CONSTRAINT attempt_contact_cap CHECK (contact_cap BETWEEN 1 AND 4);

-- A provider never reads the ledger: it reads the word chosen for it when the decision was taken, the same whether
-- somebody was asked or not (surveys/protocol/telling.py). The staff reads the ledger, and no such word.
ALTER TABLE occasion ALTER told SET DEFAULT 'noted',
    ADD CONSTRAINT occasion_told CHECK (told IN ('noted', 'cancelled', 'spared', 'no_channel', 'too_late'));
DROP VIEW provider_occasion;
CREATE VIEW provider_occasion WITH (security_barrier) AS
    SELECT o.id, o.told AS ruling FROM occasion o
    WHERE o.platform_id = q_platform() AND q_role() = 'provider' AND o.provider_id = q_org();
GRANT SELECT ON provider_occasion TO quality_web;

-- An invitation keeps the version it started with, so a version never changes.
CREATE TRIGGER protocol_version_is_final BEFORE UPDATE OR DELETE ON protocol_version FOR EACH ROW EXECUTE FUNCTION refuse_change();
REVOKE UPDATE ON protocol_version FROM quality_work;

-- What could not be decided lets the others go on and is tried again later.
ALTER TABLE unplanned_request ALTER tries SET DEFAULT 1, ADD CONSTRAINT unplanned_request_tries CHECK (tries > 0);
ALTER TABLE unplanned_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE unplanned_request FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON unplanned_request TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY work_all ON unplanned_request TO quality_work USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON unplanned_request TO quality_work;
GRANT SELECT ON unplanned_request TO quality_web;
CREATE POLICY read_unplanned ON unplanned_request FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor'));
ALTER TABLE protocol_draft ALTER based_on SET DEFAULT 0, ALTER revision SET DEFAULT 1;
ALTER TABLE protocol_draft
    ADD CONSTRAINT protocol_draft_name CHECK (name ~ '^[a-z][a-z0-9_-]{0,39}$'),
    ADD CONSTRAINT protocol_draft_form CHECK (jsonb_typeof(form) = 'object'),
    ADD CONSTRAINT protocol_draft_counts CHECK (based_on >= 0 AND revision >= 1);
ALTER TABLE protocol_draft ENABLE ROW LEVEL SECURITY;
ALTER TABLE protocol_draft FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON protocol_draft TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY work_all ON protocol_draft TO quality_work USING (true) WITH CHECK (true);
GRANT SELECT ON protocol_draft TO quality_work;
GRANT SELECT, INSERT, UPDATE, DELETE ON protocol_draft TO quality_web;
CREATE POLICY read_draft ON protocol_draft FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor'));
CREATE POLICY write_draft ON protocol_draft TO quality_web
    USING (platform_id = q_platform() AND q_is('platform')) WITH CHECK (platform_id = q_platform() AND q_is('platform'));

-- A simulation asked for on a page is computed by a worker and read by whoever asked; the file is erased with its end.
ALTER TABLE simulation ALTER filename SET DEFAULT '', ALTER state SET DEFAULT 'waiting', ALTER visits_read SET DEFAULT 0,
    ALTER visits_total SET DEFAULT 0, ALTER tries SET DEFAULT 0, ALTER fence SET DEFAULT 0;
ALTER TABLE simulation
    ADD CONSTRAINT simulation_state CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    ADD CONSTRAINT simulation_asked CHECK (jsonb_typeof(written) = 'object' AND jsonb_array_length(protocols) IN (1, 2)),
    ADD CONSTRAINT simulation_lease CHECK ((state = 'running') = (lease_until IS NOT NULL)),
    ADD CONSTRAINT simulation_end CHECK ((state = 'done') = (result IS NOT NULL) AND (state = 'failed') = (failure IS NOT NULL)),
    ADD CONSTRAINT simulation_file CHECK (file_cipher IS NULL OR (filename <> '' AND state IN ('waiting', 'running'))),
    ADD CONSTRAINT simulation_counts CHECK (visits_read >= 0 AND visits_total >= 0 AND tries >= 0 AND fence >= 0);
ALTER TABLE simulation ENABLE ROW LEVEL SECURITY;
ALTER TABLE simulation FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON simulation TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY work_all ON simulation TO quality_work USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE, DELETE ON simulation TO quality_work;
GRANT INSERT, SELECT (id, platform_id, account_id, protocol, written, protocols, filename, state, visits_read, visits_total, result,
    failure, asked_at) ON simulation TO quality_web;
CREATE POLICY own_simulation ON simulation TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor') AND account_id = q_account())
    WITH CHECK (platform_id = q_platform() AND q_is('platform', 'supervisor') AND account_id = q_account());
