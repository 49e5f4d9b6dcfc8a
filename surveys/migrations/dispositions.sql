-- What became of each closed request: I answered, R refused, O spoken to otherwise, N not reached, nothing while open.
ALTER TABLE disposition
    ADD CONSTRAINT disposition_letter CHECK (letter IN ('', 'I', 'R', 'O', 'N')),
    ADD CONSTRAINT disposition_request FOREIGN KEY (id) REFERENCES invitation (id) ON DELETE CASCADE;
CREATE INDEX disposition_due ON disposition (id) WHERE is_due;
ALTER TABLE disposition ENABLE ROW LEVEL SECURITY;
ALTER TABLE disposition FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON disposition TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY work_all ON disposition TO quality_work USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON disposition TO quality_work;

CREATE FUNCTION request_closed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO disposition (id, platform_id) VALUES (NEW.id, NEW.platform_id)
    ON CONFLICT (id) DO UPDATE SET is_due = true;
    RETURN NULL;
END $$;
CREATE TRIGGER request_is_judged AFTER INSERT ON invitation FOR EACH ROW
    WHEN (NEW.closed_at IS NOT NULL AND NEW.purpose = 'survey' AND NEW.collector = 'platform') EXECUTE FUNCTION request_closed();
CREATE TRIGGER closed_request_is_judged AFTER UPDATE OF closed_at, closed_reason, answered_at ON invitation FOR EACH ROW
    WHEN ((NEW.closed_at IS NOT NULL OR OLD.closed_at IS NOT NULL) AND NEW.purpose = 'survey' AND NEW.collector = 'platform')
    EXECUTE FUNCTION request_closed();
INSERT INTO disposition (id, platform_id)
SELECT id, platform_id FROM invitation WHERE closed_at IS NOT NULL AND purpose = 'survey' AND collector = 'platform';
