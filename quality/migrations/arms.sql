-- Answers to requests whose first contact chance chose: the way drawn, then those it was drawn against.
ALTER TABLE cell
    ALTER arm SET DEFAULT '',
    ADD CONSTRAINT cell_arm CHECK (arm ~ '^((sms|email|phone)(/(sms|email|phone)){1,2})?$');
CREATE INDEX cell_arm_index ON cell (platform_id, month) WHERE arm <> '';
