-- On which day a closed territory was closed is told by its trail; where nothing tells, it is until today.
UPDATE territory t SET closings = ARRAY[coalesce((
    SELECT max((a.at AT TIME ZONE 'Europe/Paris')::date) FROM audit a
    WHERE a.platform_id = t.platform_id AND a.action = 'territory.change'
      AND a.subject = t.departement || '-' || t.code
      AND a.detail -> 'postcodes' = '[]' AND a.detail -> 'postcodes_before' <> '[]'), current_date)]
WHERE rank IS NULL;
-- It closes, opens again, closes again: one that is open was opened as often as it was closed.
ALTER TABLE territory ALTER COLUMN closings SET DEFAULT '{}', ALTER COLUMN reopenings SET DEFAULT '{}',
    ADD CONSTRAINT territory_closings CHECK (cardinality(closings) - cardinality(reopenings) = (rank IS NULL)::int);
