-- A number that failed, though no message did at that instant, was found by a call to be somebody else's.
UPDATE endpoint e SET wrong_at = failed_at, failed_at = NULL
WHERE e.kind = 'phone' AND e.failed_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM attempt a WHERE a.endpoint_id = e.id AND a.state = 'failed'
        AND a.reason IN ('refused_by_carrier', 'undelivered') AND a.settled_at = e.failed_at);
