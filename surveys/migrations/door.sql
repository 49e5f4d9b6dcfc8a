-- The open door: an answer that nobody was asked for is kept apart, beside the request of the same visit.
ALTER TABLE invitation DROP CONSTRAINT invitation_occasion, DROP CONSTRAINT invitation_first_mode,
    ADD CONSTRAINT invitation_first_mode CHECK (first_mode = ANY ('{sms,email,phone,web}'::text[])),
    ADD CONSTRAINT invitation_collector CHECK (collector = ANY ('{platform,provider,self}'::text[])),
    ADD CONSTRAINT invitation_door CHECK ((collector = 'self') = (first_mode = 'web'));
-- One request of the draw for a visit, beside those taken back when it was cancelled; by its door, as many answers as there were
-- people with the paper.
CREATE UNIQUE INDEX invitation_occasion ON invitation (occasion_id, audience, collector,
    (CASE WHEN closed_reason = 'cancelled' THEN id ELSE '00000000-0000-0000-0000-000000000000' END)) WHERE collector <> 'self';
CREATE INDEX invitation_entered ON invitation (occasion_id) WHERE collector = 'self';
-- What waits for a supervisor's choice is found without reading the months.
CREATE INDEX response_doubted ON response (platform_id) WHERE admissible = 'several_answers';

-- Answer pages find the visit of a code, and write an invitation of a door only.
GRANT SELECT (platform_id, provider_id, client_id, activity, departement, funders, status, planned_start, planned_end, started_at,
    ended_at, received_at, updated_at) ON intervention TO quality_answer;
GRANT SELECT (status, age_band) ON client TO quality_answer;
GRANT SELECT (id) ON undecided_visit TO quality_answer;
CREATE POLICY answer_undecided ON undecided_visit FOR SELECT TO quality_answer USING (true);
GRANT SELECT (id, person_id, reason) ON occasion TO quality_answer;
CREATE POLICY answer_occasion ON occasion FOR SELECT TO quality_answer USING (true);
GRANT INSERT ON invitation TO quality_answer;
CREATE POLICY answer_door ON invitation AS RESTRICTIVE FOR INSERT TO quality_answer WITH CHECK (purpose = 'survey' AND collector = 'self');
