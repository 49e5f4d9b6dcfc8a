-- A provider's figures, from each of its places to the next one, then by period: never all that is published of it.
DROP INDEX release_cell_provider;
CREATE INDEX release_cell_provider ON release_cell (provider_id, convention_id, scope_code, period) WHERE provider_id IS NOT NULL;
