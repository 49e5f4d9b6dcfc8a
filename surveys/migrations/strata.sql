-- What a quarter of a stratum counted is read by its first decisions of the next, once a stratum: from this index alone.
CREATE INDEX occasion_stratum ON occasion (stratum_id, decision, reason);
