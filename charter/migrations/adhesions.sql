-- One adhesion at a time to each edition; what a machine found is a code; since when an adhesion is suspended.
ALTER TABLE adhesion ALTER cause SET DEFAULT '';
ALTER TABLE review_point ALTER verdict SET DEFAULT '';
UPDATE adhesion SET suspended_at = changed_at WHERE state IN ('suspended', 'appealed');

ALTER TABLE adhesion DROP CONSTRAINT adhesion_reason;
ALTER TABLE adhesion
    ADD CONSTRAINT adhesion_reason CHECK (state NOT IN ('warned', 'suspended', 'revoked') OR btrim(reason || cause) <> ''),
    ADD CONSTRAINT adhesion_suspended CHECK (state NOT IN ('suspended', 'appealed') OR suspended_at IS NOT NULL);
DROP INDEX adhesion_living_once;
CREATE UNIQUE INDEX adhesion_living_once ON adhesion (platform_id, provider_id, edition) WHERE state NOT IN ('ended', 'revoked');

GRANT SELECT (suspended_at) ON adhesion TO quality_answer;
