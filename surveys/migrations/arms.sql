-- An experiment on first contacts: the arm of each request drawn into it, and the seed of the draw, kept as it was.
ALTER TABLE invitation
    ALTER arm SET DEFAULT '',
    ADD CONSTRAINT invitation_arm CHECK (arm = '' OR (purpose = 'survey' AND collector = 'platform'
        AND arm ~ '^(sms|email|phone)(/(sms|email|phone)){1,2}$' AND split_part(arm, '/', 1) = first_mode));
ALTER TABLE mode_seed ENABLE ROW LEVEL SECURITY;
ALTER TABLE mode_seed FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON mode_seed TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY work_all ON mode_seed TO quality_work USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON mode_seed TO quality_work;
CREATE TRIGGER mode_seed_is_final BEFORE UPDATE ON mode_seed FOR EACH ROW EXECUTE FUNCTION refuse_change();
