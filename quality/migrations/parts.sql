-- What n and Σx of a cell cannot say: the eleven marks from 0 to 10, n and Σx of each question of a composite.
CREATE FUNCTION add_parts(one integer[], other integer[]) RETURNS integer[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT array_agg(coalesce(a, 0) + coalesce(b, 0) ORDER BY place)
          FROM unnest(one, other) WITH ORDINALITY AS p(a, b, place) $$;
CREATE FUNCTION subtract_parts(one integer[], other integer[]) RETURNS integer[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT array_agg(coalesce(a, 0) - coalesce(b, 0) ORDER BY place)
          FROM unnest(one, other) WITH ORDINALITY AS p(a, b, place) $$;
ALTER TABLE cell ADD CONSTRAINT cell_parts CHECK (0 <= ALL (parts));
