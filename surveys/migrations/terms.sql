-- What is kept for a time, and leaves: the worker's right to erase, and the way to what is over.
ALTER TABLE invitation ALTER was_reached SET DEFAULT false;
GRANT DELETE ON invitation, attempt, call_case, inbound, memory_message TO quality_work;
CREATE INDEX call_log_over ON call_log (ended_at);
CREATE INDEX call_case_over_since ON call_case (closed_at) WHERE state = 'done';
CREATE INDEX inbound_received ON inbound (received_at);
CREATE INDEX response_change_at ON response_change (at);

-- Who refuses by a request whose messages have left refuses at the numbers and addresses of its client all the same.
CREATE OR REPLACE FUNCTION refuse(of_invitation uuid, how text, at timestamptz) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    asked invitation;
    who client;
    reached uuid[];
    stopped integer;
BEGIN
    SELECT * INTO asked FROM invitation WHERE id = of_invitation;
    IF NOT FOUND THEN RETURN 0; END IF;
    SELECT * INTO who FROM client WHERE id = asked.client_id;
    IF asked.audience = 'client' THEN
        UPDATE person SET refused_at = coalesce(refused_at, at) WHERE id = who.person_id;
    END IF;
    SELECT array_agg(a.endpoint_id) INTO reached FROM attempt a WHERE a.invitation_id = of_invitation;
    IF reached IS NULL THEN
        SELECT array_agg(e.id) INTO reached FROM endpoint e WHERE e.platform_id = asked.platform_id AND (e.kind, e.key) IN
            (SELECT k.kind, k.key FROM (VALUES ('client', 'phone', who.phone_key), ('client', 'phone', who.mobile_key),
                ('client', 'email', who.email_key), ('relative', 'phone', who.relative_phone_key),
                ('relative', 'email', who.relative_email_key)) k(audience, kind, key) WHERE k.audience = asked.audience);
    END IF;
    UPDATE endpoint e SET refused_at = coalesce(e.refused_at, at), refused_how = coalesce(e.refused_how, how)
        WHERE e.id = ANY (reached);
    UPDATE attempt a SET state = 'suppressed', reason = 'refused', lease_until = NULL, settled_at = at
        WHERE a.state IN ('planned', 'deferred', 'claimed') AND a.purpose IN ('survey', 'yearly')
          AND ((asked.audience = 'client' AND a.person_id = who.person_id AND a.audience = 'client')
               OR a.endpoint_id = ANY (reached));
    GET DIAGNOSTICS stopped = ROW_COUNT;
    UPDATE call_case c SET state = 'done', outcome = 'refused', closed_at = at, agent_id = NULL, lease_until = NULL
        WHERE c.state <> 'done' AND c.kind = 'survey' AND c.invitation_id IN
            (SELECT i.id FROM invitation i JOIN client k ON k.id = i.client_id
             WHERE i.id = of_invitation OR (asked.audience = 'client' AND k.person_id = who.person_id AND i.audience = 'client'));
    RETURN stopped;
END $$;
