-- A rolling year (2026-R3: four quarters that end with the third of 2026) is published as a period.
ALTER TABLE release DROP CONSTRAINT release_period;
ALTER TABLE release
    ADD CONSTRAINT release_period CHECK (period ~ '^[0-9]{4}(-(0[1-9]|1[0-2])|-Q[1-4]|-R[1-3])?$');
