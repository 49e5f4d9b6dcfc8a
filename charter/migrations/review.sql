-- What the models cannot say of the review, the adhesion and the register.

ALTER TABLE review_file ALTER reason SET DEFAULT '';
ALTER TABLE review_file
    ADD CONSTRAINT review_file_state CHECK (state IN ('submitted', 'under_review', 'contested', 'returned', 'accepted')),
    ADD CONSTRAINT review_file_decided CHECK ((state IN ('returned', 'accepted')) = (decided_at IS NOT NULL)),
    ADD CONSTRAINT review_file_reason CHECK (state <> 'returned' OR btrim(reason) <> '');
-- One at a time: the next one is sent once this one is decided.
CREATE UNIQUE INDEX review_file_open_once ON review_file (platform_id, provider_id) WHERE decided_at IS NULL;

ALTER TABLE review_point ALTER answer SET DEFAULT '', ALTER reason SET DEFAULT '', ALTER reply SET DEFAULT '';
ALTER TABLE review_point
    ADD CONSTRAINT review_point_state CHECK (state IN ('accepted', 'corrected', 'contested', 'answered', 'maintained', 'dropped')),
    ADD CONSTRAINT review_point_answer CHECK ((state = 'accepted') = (answer = '')),
    ADD CONSTRAINT review_point_reason CHECK (state = 'accepted' OR btrim(reason) <> ''),
    ADD CONSTRAINT review_point_due CHECK ((state IN ('contested', 'answered')) = (due_at IS NOT NULL));
CREATE INDEX review_point_due_at ON review_point (due_at) WHERE due_at IS NOT NULL;

CREATE SEQUENCE adhesion_rank MINVALUE 0;
ALTER TABLE adhesion ALTER rank SET DEFAULT nextval('adhesion_rank'), ALTER certificate SET DEFAULT '',
    ALTER reason SET DEFAULT '', ALTER appeal SET DEFAULT '';
ALTER TABLE adhesion
    ADD CONSTRAINT adhesion_state CHECK (state IN ('valid', 'warned', 'suspended', 'appealed', 'ended', 'revoked')),
    ADD CONSTRAINT adhesion_origin CHECK ((file_id IS NULL) = (certificate <> '')),
    ADD CONSTRAINT adhesion_dates CHECK (ends_on > starts_on),
    ADD CONSTRAINT adhesion_reason CHECK (state NOT IN ('warned', 'suspended', 'revoked') OR btrim(reason) <> ''),
    ADD CONSTRAINT adhesion_appeal CHECK ((state = 'appealed') = (appeal_due_at IS NOT NULL));
CREATE UNIQUE INDEX adhesion_living_once ON adhesion (platform_id, provider_id) WHERE state NOT IN ('ended', 'revoked');

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['review_file', 'review_point', 'adhesion', 'register_consent'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
        EXECUTE format('CREATE POLICY work_all ON %I TO quality_work USING (true) WITH CHECK (true)', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO quality_work', t);
    END LOOP;
END $$;

-- What a provider may write of a row that the platform decides: a policy chooses rows, this the columns.
CREATE FUNCTION provider_writes_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF q_is('provider') AND to_jsonb(NEW) - TG_ARGV IS DISTINCT FROM to_jsonb(OLD) - TG_ARGV THEN
        RAISE EXCEPTION 'a provider writes only % of %', TG_ARGV, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER point_replied BEFORE UPDATE ON review_point FOR EACH ROW
    EXECUTE FUNCTION provider_writes_only('state', 'reply', 'due_at', 'changed_at');
CREATE TRIGGER adhesion_appealed BEFORE UPDATE ON adhesion FOR EACH ROW
    EXECUTE FUNCTION provider_writes_only('state', 'reason', 'changed_at', 'appeal', 'appeal_due_at');

-- The review: a provider sends and replies, the platform decides, its supervisor reads.
GRANT SELECT, INSERT, UPDATE ON review_file, review_point, adhesion TO quality_web;
GRANT USAGE ON SEQUENCE adhesion_rank TO quality_web, quality_work;
CREATE POLICY supervisor_file ON review_file FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('supervisor'));
CREATE POLICY judged_file ON review_file TO quality_web
    USING (platform_id = q_platform() AND q_is('platform')) WITH CHECK (platform_id = q_platform() AND q_is('platform'));
CREATE POLICY own_file ON review_file FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org());
CREATE POLICY sent_file ON review_file FOR INSERT TO quality_web
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org() AND state = 'submitted');
CREATE POLICY supervisor_point ON review_point FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('supervisor'));
CREATE POLICY judged_point ON review_point TO quality_web
    USING (platform_id = q_platform() AND q_is('platform')) WITH CHECK (platform_id = q_platform() AND q_is('platform'));
CREATE POLICY own_point ON review_point FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org());
CREATE POLICY replied_point ON review_point FOR UPDATE TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org() AND state = 'contested')
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org() AND state IN ('contested', 'answered'));

-- The adhesion: a provider appeals, the platform decides, everybody reads the register.
CREATE POLICY supervisor_adhesion ON adhesion FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('supervisor'));
CREATE POLICY judged_adhesion ON adhesion TO quality_web
    USING (platform_id = q_platform() AND q_is('platform')) WITH CHECK (platform_id = q_platform() AND q_is('platform'));
CREATE POLICY own_adhesion ON adhesion FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org());
CREATE POLICY appealed_adhesion ON adhesion FOR UPDATE TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org() AND state = 'suspended')
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org() AND state IN ('suspended', 'appealed'));
GRANT SELECT (id, platform_id, provider_id, certificate, edition, edition_version, rank, state, changed_at, starts_on, ends_on)
    ON adhesion TO quality_answer;
CREATE POLICY register_adhesion ON adhesion FOR SELECT TO quality_answer USING (true);

-- Figures on the register: those of providers that agreed, from 40 clients (decision 10). What is published as
-- 40 may stand for 38: it is left out.
GRANT SELECT, INSERT, DELETE ON register_consent TO quality_web;
GRANT DELETE ON register_consent TO quality_work;
CREATE POLICY staff_consent ON register_consent FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor'));
CREATE POLICY own_consent ON register_consent TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org())
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org());
GRANT SELECT ON register_consent TO quality_answer;
CREATE POLICY register_consent_read ON register_consent FOR SELECT TO quality_answer USING (true);
GRANT SELECT ON release_cell, release TO quality_answer;
CREATE POLICY register_release_cell ON release_cell FOR SELECT TO quality_answer
    USING (scope_type = 'provider_departement' AND funder_id IS NULL AND n_clients > 40 AND EXISTS (
        SELECT FROM register_consent c WHERE c.provider_id = release_cell.provider_id));
