-- Delays are kept by day in the cells of complaints: those of many cells are added up, and what is stored is looked at again.
CREATE AGGREGATE total_parts(integer[]) (SFUNC = add_parts, STYPE = integer[], PARALLEL = SAFE, COMBINEFUNC = add_parts);
ALTER TABLE complaint NO FORCE ROW LEVEL SECURITY;
UPDATE complaint SET measure_due_at = opened_at;
ALTER TABLE complaint FORCE ROW LEVEL SECURITY;
