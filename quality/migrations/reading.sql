-- Pages read a population's own figures of a period, those of one indicator, or a provider's; never all of a period.
DROP INDEX release_cell_reader;
CREATE INDEX release_cell_reader ON release_cell (platform_id, period, convention_id, scope_type, indicator, scope_code);
CREATE INDEX release_cell_provider ON release_cell (provider_id, period, convention_id) WHERE provider_id IS NOT NULL;
