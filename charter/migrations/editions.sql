-- Editions that a platform writes itself, and the version that evidence and actions name.

-- Until now there was one version of each edition.
ALTER TABLE evidence ALTER edition_version SET DEFAULT 0;
UPDATE evidence SET edition_version = 1 WHERE edition <> '';
ALTER TABLE evidence DROP CONSTRAINT evidence_place,
    ADD CONSTRAINT evidence_place CHECK ((edition = '') = (criterion = '') AND (edition = '') = (edition_version = 0)
        AND edition_version >= 0 AND document || criterion <> '');
ALTER TABLE charter_action ADD CONSTRAINT charter_action_edition CHECK (edition_version > 0);

ALTER TABLE charter_edition
    ADD CONSTRAINT charter_edition_code CHECK (code ~ '^[a-z0-9]+([_-][a-z0-9]+)*$' AND version > 0),
    ADD CONSTRAINT charter_edition_content CHECK (octet_length(content) BETWEEN 1 AND 1048576),
    ADD CONSTRAINT charter_edition_sha256 CHECK (sha256 = sha256(content)),
    ADD CONSTRAINT charter_edition_withdrawn CHECK (withdrawn_at >= published_at);

-- What was answered and issued names it: it stays as it was published, whoever asks. It is withdrawn once.
CREATE FUNCTION edition_stays_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL
        OR to_jsonb(NEW) - '{withdrawn_by,withdrawn_at}'::text[] <> to_jsonb(OLD) - '{withdrawn_by,withdrawn_at}'::text[] THEN
        RAISE EXCEPTION 'an edition that is published does not change' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER edition_published_once BEFORE UPDATE OR DELETE ON charter_edition
    FOR EACH ROW EXECUTE FUNCTION edition_stays_published();

ALTER TABLE charter_edition ENABLE ROW LEVEL SECURITY;
ALTER TABLE charter_edition FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON charter_edition TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT ON charter_edition TO quality_work;
CREATE POLICY work_all ON charter_edition FOR SELECT TO quality_work USING (true);
-- Whoever a run or a campaign concerns reads what it follows.
GRANT SELECT, INSERT ON charter_edition TO quality_web;
GRANT UPDATE (withdrawn_by, withdrawn_at) ON charter_edition TO quality_web;
CREATE POLICY read_edition ON charter_edition FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'provider', 'funder'));
CREATE POLICY added_edition ON charter_edition FOR INSERT TO quality_web
    WITH CHECK (platform_id = q_platform() AND q_is('platform') AND withdrawn_at IS NULL);
CREATE POLICY withdrawn_edition ON charter_edition FOR UPDATE TO quality_web
    USING (platform_id = q_platform() AND q_is('platform')) WITH CHECK (platform_id = q_platform() AND q_is('platform'));
-- The register names the editions of its adhesions, and no other.
GRANT SELECT (platform_id, code, version, content, sha256, withdrawn_at) ON charter_edition TO quality_answer;
CREATE POLICY register_edition ON charter_edition FOR SELECT TO quality_answer
    USING (EXISTS (SELECT FROM adhesion a WHERE a.platform_id = charter_edition.platform_id
        AND a.edition = charter_edition.code AND a.edition_version = charter_edition.version));
