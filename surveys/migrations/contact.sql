-- The contact engine: what restrains a channel.

ALTER TABLE channel_setting ALTER held_why SET DEFAULT '', ALTER spent SET DEFAULT 0;
ALTER TABLE channel_setting
    ADD CONSTRAINT channel_setting_channel CHECK (channel IN ('sms', 'email', 'phone')),
    ADD CONSTRAINT channel_setting_held CHECK ((held_at IS NULL) = (held_why = '')),
    ADD CONSTRAINT channel_setting_budget CHECK (per_day >= 0 AND (per_day IS NULL OR channel <> 'phone')),
    ADD CONSTRAINT channel_setting_spent CHECK (spent >= 0 AND (spent = 0 OR spent_on IS NOT NULL));

-- What somebody may have to decide is found without reading the months.
CREATE INDEX attempt_stuck ON attempt (platform_id, state) WHERE state IN ('uncertain', 'dead');

ALTER TABLE channel_setting ENABLE ROW LEVEL SECURITY;
ALTER TABLE channel_setting FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON channel_setting TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY work_all ON channel_setting TO quality_work USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON channel_setting TO quality_work;
GRANT SELECT ON channel_setting TO quality_web;
CREATE POLICY read_channel ON channel_setting FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor'));
