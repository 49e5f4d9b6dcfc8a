-- Each invitation says of which sessions its provider was told; until now a session said it of all at once.
ALTER TABLE campaign_invitation ALTER sessions_told SET DEFAULT '{}';
UPDATE campaign_invitation i SET sessions_told = told.sessions
FROM (SELECT campaign_id, array_agg(id) AS sessions FROM campaign_session WHERE reminded_at IS NOT NULL GROUP BY 1) told
WHERE told.campaign_id = i.campaign_id;
CREATE INDEX campaign_session_at ON campaign_session (starts_at);
