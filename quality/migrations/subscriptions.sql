-- Who receives results by mail after each release; a letter is written once for each, with the row that says so.
ALTER TABLE mail_outbox ALTER COLUMN unsubscribe SET DEFAULT '';
ALTER TABLE report_subscription
    ADD CONSTRAINT report_subscription_rhythm CHECK (rhythm IN ('month', 'quarter')),
    ADD CONSTRAINT report_subscription_token UNIQUE (token_key),
    ADD CONSTRAINT report_subscription_whole CHECK ((convention_id IS NULL) = (population = 'ensemble'));
CREATE INDEX report_subscription_account ON report_subscription (account_id);
CREATE INDEX report_subscription_convention ON report_subscription (convention_id);
CREATE INDEX report_mail_release ON report_mail (release_id);

ALTER TABLE report_subscription ENABLE ROW LEVEL SECURITY;
ALTER TABLE report_subscription FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON report_subscription TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON report_subscription TO quality_web;
GRANT SELECT, DELETE ON report_subscription TO quality_work;
CREATE POLICY work_all ON report_subscription TO quality_work USING (true);
CREATE POLICY own_subscription ON report_subscription TO quality_web
    USING (platform_id = q_platform() AND account_id = q_account())
    WITH CHECK (platform_id = q_platform() AND account_id = q_account()
        AND (convention_id IS NULL OR EXISTS (SELECT 1 FROM convention c WHERE c.id = convention_id)));
-- the link of a letter ends what it is a part of, and nothing else
GRANT SELECT (id, platform_id, token_key, population), DELETE ON report_subscription TO quality_answer;
CREATE POLICY answer_subscription ON report_subscription TO quality_answer USING (true);

ALTER TABLE report_mail ENABLE ROW LEVEL SECURITY;
ALTER TABLE report_mail FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON report_mail TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON report_mail TO quality_work;
CREATE POLICY work_all ON report_mail TO quality_work USING (true) WITH CHECK (true);
