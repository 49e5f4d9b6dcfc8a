-- A number to which messages fail may still be called; one that is somebody else's is used no more. Either is gone round once.
DROP INDEX endpoint_died;
CREATE INDEX endpoint_died ON endpoint (greatest(failed_at, wrong_at))
    WHERE greatest(failed_at, wrong_at) IS NOT NULL AND greatest(failed_at, wrong_at) IS DISTINCT FROM replanned_at;
