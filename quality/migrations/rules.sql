-- What the models cannot say: functions, constraints, indexes, immutability, policies and grants of the ground.

-- ---- who asks: settings of the web role, set in each transaction ----
CREATE FUNCTION q_platform() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('q.platform', true), '')::uuid $$;
CREATE FUNCTION q_org() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('q.org', true), '')::uuid $$;
CREATE FUNCTION q_role() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT coalesce(current_setting('q.role', true), '') $$;
CREATE FUNCTION q_is(VARIADIC roles text[]) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT q_role() = ANY (roles) $$;

-- ---- the stored clock ----
CREATE FUNCTION clock_offset_seconds() RETURNS double precision LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT coalesce((SELECT value::double precision FROM installation WHERE name = 'clock_offset'), 0) $$;
CREATE FUNCTION clock_advance(step double precision) RETURNS double precision LANGUAGE sql SECURITY DEFINER SET search_path = public AS
$$ INSERT INTO installation (name, value) VALUES ('clock_offset', step::text)
   ON CONFLICT (name) DO UPDATE SET value = (installation.value::double precision + step)::text
   RETURNING value::double precision $$;

-- ---- partitions: a month of UUIDv7 ids is one range ----
CREATE FUNCTION uuid7_floor(instant timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT (lpad(to_hex((extract(epoch FROM instant) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid $$;
CREATE FUNCTION child_id(parent uuid, code integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT (left(parent::text, 34) || lpad(to_hex(code), 2, '0'))::uuid $$;

-- A row may come before its month (it lies in the default): the month is made beside the table, takes its rows
-- out of the default, and is attached. Files speak of visits up to three years old and two years ahead.
CREATE FUNCTION make_month(parent text, month timestamp) RETURNS boolean LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    partition text := parent || '_' || to_char(month, 'YYYYMM');
    first_id uuid := uuid7_floor(month AT TIME ZONE 'UTC');
    end_id uuid := uuid7_floor((month + interval '1 month') AT TIME ZONE 'UTC');
BEGIN
    IF to_regclass(partition) IS NOT NULL THEN RETURN false; END IF;
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent || '_default');
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', partition, parent);
    EXECUTE format('WITH early AS (DELETE FROM %I WHERE id >= %L AND id < %L RETURNING *) INSERT INTO %I SELECT * FROM early',
        parent || '_default', first_id, end_id, partition);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, partition, first_id, end_id);
    RETURN true;
END $$;
-- A month whose tables somebody holds is left for the next time: it stands far ahead, and waiting longer than
-- PostgreSQL waits before it looks for a deadlock (1 s) would end the other's work rather than this.
CREATE FUNCTION ensure_partitions(around timestamptz, first_month integer, last_month integer)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET lock_timeout = '300ms' AS $$
DECLARE
    parent text;
    this_month timestamp := date_trunc('month', around AT TIME ZONE 'UTC');
    made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(7403311976);
    FOR parent IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE c.relkind = 'p' AND n.nspname = 'public' ORDER BY 1 LOOP
        IF to_regclass(parent || '_default') IS NULL THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', parent || '_default', parent);
        END IF;
        FOR months IN (CASE parent WHEN 'intervention' THEN least(first_month, -36) ELSE first_month END)
                      ..(CASE parent WHEN 'intervention' THEN greatest(last_month, 25) ELSE last_month END) LOOP
            BEGIN
                made := made + make_month(parent, this_month + make_interval(months => months))::integer;
            EXCEPTION WHEN lock_not_available THEN
                EXIT;
            END;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;

-- ---- the audit trail: each row seals the one before it ----
CREATE FUNCTION audit_seal(previous bytea, line audit) RETURNS bytea LANGUAGE sql STABLE AS
$$ SELECT sha256(coalesce(previous, ''::bytea) || convert_to(concat_ws('|', line.id, line.platform_id, line.account_id,
       extract(epoch FROM line.at), line.action, line.subject, line.detail::text), 'UTF8')) $$;
CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7403311977);
    NEW.id := coalesce((SELECT max(id) FROM audit), 0) + 1;
    NEW.digest := audit_seal((SELECT digest FROM audit ORDER BY id DESC LIMIT 1), NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER audit_chain BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_chain();
CREATE FUNCTION audit_breaks() RETURNS TABLE (id bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT a.id FROM (SELECT audit.*, lag(audit.digest) OVER (ORDER BY audit.id) AS previous FROM audit) a
   JOIN audit line ON line.id = a.id WHERE a.digest <> audit_seal(a.previous, line) ORDER BY 1 $$;

-- ---- what was published never changes ----
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is immutable', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER release_is_final BEFORE UPDATE OR DELETE ON release FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER release_cell_is_final BEFORE UPDATE OR DELETE ON release_cell FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER release_base_is_final BEFORE UPDATE OR DELETE ON release_base FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER release_chart_is_final BEFORE UPDATE OR DELETE ON release_chart FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_is_final BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- ---- defaults for statements written by hand ----
ALTER TABLE client ALTER name_words SET DEFAULT '{}', ALTER language SET DEFAULT 'fr', ALTER status SET DEFAULT 'active',
    ALTER relative_phone_is_mobile SET DEFAULT false;
ALTER TABLE person ALTER recent SET DEFAULT '{}';
ALTER TABLE endpoint ALTER recent SET DEFAULT '{}';
ALTER TABLE intervention ALTER funders SET DEFAULT '{}', ALTER incident SET DEFAULT false, ALTER authorisation_missing SET DEFAULT false;
ALTER TABLE undecided_visit ALTER tries SET DEFAULT 0, ALTER error SET DEFAULT '';
ALTER TABLE complaint ALTER funders SET DEFAULT '{}', ALTER kind SET DEFAULT 'unknown', ALTER cause SET DEFAULT '',
    ALTER remedy SET DEFAULT '', ALTER awaits_contact SET DEFAULT false, ALTER contacts SET DEFAULT 0;
ALTER TABLE complaint_event ALTER audience SET DEFAULT 'all', ALTER text SET DEFAULT '';
ALTER TABLE audit ALTER subject SET DEFAULT '', ALTER detail SET DEFAULT '{}', ALTER digest SET DEFAULT '';
ALTER TABLE mail_outbox ALTER tries SET DEFAULT 0;
ALTER TABLE cell ALTER territory SET DEFAULT '', ALTER funders SET DEFAULT '{}', ALTER age_band SET DEFAULT '';

-- ---- constraints ----
ALTER TABLE organisation
    ADD CONSTRAINT organisation_kind CHECK (kind IN ('provider', 'funder', 'observer')),
    ADD CONSTRAINT organisation_siret CHECK (siret ~ '^[0-9]{14}$'),
    ADD CONSTRAINT organisation_legal_form CHECK (legal_form IN ('association', 'entreprise', 'micro_entreprise', 'cooperative',
        'ccas', 'cias', 'etablissement_public', 'particulier_employeur'));
ALTER TABLE authorisation
    ADD CONSTRAINT authorisation_kind CHECK (kind IN ('agrement_simple', 'agrement_qualite', 'declaration', 'agrement', 'autorisation')),
    ADD CONSTRAINT authorisation_dates CHECK (valid_to >= valid_from);
ALTER TABLE membership
    ADD CONSTRAINT membership_role CHECK (role IN ('admin', 'platform', 'supervisor', 'agent', 'provider', 'funder', 'observer')),
    ADD CONSTRAINT membership_organisation CHECK ((role IN ('provider', 'funder', 'observer')) = (organisation_id IS NOT NULL)),
    ADD CONSTRAINT membership_once UNIQUE NULLS NOT DISTINCT (account_id, platform_id, organisation_id, role);
ALTER TABLE account ADD CONSTRAINT account_email CHECK (email = lower(email) AND email LIKE '%_@_%');
ALTER TABLE session ADD CONSTRAINT session_token UNIQUE (token_hash);
ALTER TABLE one_time_code
    ADD CONSTRAINT one_time_code_hash UNIQUE (code_hash),
    ADD CONSTRAINT one_time_code_purpose CHECK (purpose IN ('reset', 'invitation'));
ALTER TABLE api_key ADD CONSTRAINT api_key_hash UNIQUE (key_hash);
ALTER TABLE endpoint
    ADD CONSTRAINT endpoint_kind CHECK (kind IN ('phone', 'email')),
    ADD CONSTRAINT endpoint_once UNIQUE (platform_id, kind, key);
ALTER TABLE person_name ADD CONSTRAINT person_name_once UNIQUE (endpoint_id, name_key);
ALTER TABLE client
    ADD CONSTRAINT client_status CHECK (status IN ('active', 'hospital', 'moved', 'ended', 'deceased')),
    ADD CONSTRAINT client_contact CHECK (contact IN ('no', 'phone', 'sms', 'email')),
    ADD CONSTRAINT client_age_band CHECK (age_band IN ('<60', '60-74', '75-84', '85+')),
    ADD CONSTRAINT client_language CHECK (language ~ '^[a-z]{2}$');
ALTER TABLE intervention
    ADD CONSTRAINT intervention_status CHECK (status IN ('planned', 'done', 'cancelled', 'not_done')),
    ADD CONSTRAINT intervention_mode CHECK (mode IN ('prestataire', 'mandataire', 'mise_a_disposition')),
    ADD CONSTRAINT intervention_reason CHECK (status_reason IN ('client_absent', 'client_cancelled', 'worker_absent', 'organisation',
        'hospital', 'other')),
    ADD CONSTRAINT intervention_when CHECK (planned_start IS NOT NULL OR started_at IS NOT NULL),
    ADD CONSTRAINT intervention_planned CHECK (planned_end >= planned_start),
    ADD CONSTRAINT intervention_done CHECK (ended_at >= started_at),
    ADD CONSTRAINT intervention_hours CHECK (hours_notified >= 0);
ALTER TABLE undecided_visit ADD CONSTRAINT undecided_visit_tries CHECK (tries >= 0 AND (tries = 0) = (retry_at IS NULL));
ALTER TABLE import_batch
    ADD CONSTRAINT import_batch_state CHECK (state IN ('previewed', 'committed', 'abandoned')),
    ADD CONSTRAINT import_batch_source CHECK (source IN ('page', 'cli', 'api'));
ALTER TABLE file ADD CONSTRAINT file_size CHECK (size BETWEEN 0 AND 20971520);
ALTER TABLE referencing
    ADD CONSTRAINT referencing_status CHECK (status IN ('candidate', 'referenced', 'suspended', 'ended')),
    ADD CONSTRAINT referencing_delays CHECK (acknowledge_days > 0 AND solution_days > 0 AND alert_days >= solution_days);
ALTER TABLE complaint
    ADD CONSTRAINT complaint_source CHECK (source_kind IN ('response', 'page', 'desk', 'provider', 'letter')),
    ADD CONSTRAINT complaint_kind CHECK (kind IN ('unknown', 'late', 'not_done', 'behaviour', 'other')),
    ADD CONSTRAINT complaint_disclosure CHECK (disclosure IN ('named', 'anonymous', 'call_first')),
    ADD CONSTRAINT complaint_state CHECK (state IN ('opened', 'acknowledged', 'remedied', 'closed')),
    ADD CONSTRAINT complaint_verdict CHECK (verdict IN ('settled', 'not_settled', 'no_answer')),
    ADD CONSTRAINT complaint_dates CHECK (acknowledge_due_at >= opened_at AND solution_due_at >= opened_at AND alert_due_at >= solution_due_at),
    ADD CONSTRAINT complaint_contacts CHECK (contacts BETWEEN 0 AND 2),
    ADD CONSTRAINT complaint_acknowledged CHECK (state = 'opened' OR acknowledged_at IS NOT NULL),
    ADD CONSTRAINT complaint_remedied CHECK (state NOT IN ('remedied', 'closed') OR (remedied_at IS NOT NULL AND cause <> '' AND remedy <> '')),
    ADD CONSTRAINT complaint_closed CHECK (state <> 'closed' OR (closed_at IS NOT NULL AND verdict IN ('settled', 'no_answer')));
ALTER TABLE complaint_event ADD CONSTRAINT complaint_event_audience CHECK (audience IN ('all', 'staff'));
ALTER TABLE signal
    ADD CONSTRAINT signal_wish CHECK (wish IN ('named', 'anonymous', 'call_first', 'nothing')),
    ADD CONSTRAINT signal_complaint CHECK (complaint_id IS NULL OR (wish IS NOT NULL AND wish <> 'nothing'));
ALTER TABLE cell
    ADD CONSTRAINT cell_sums CHECK (n >= 0 AND x >= 0),
    ADD CONSTRAINT cell_month CHECK (extract(day FROM month) = 1);
ALTER TABLE release
    ADD CONSTRAINT release_period CHECK (period ~ '^[0-9]{4}(-(0[1-9]|1[0-2])|-Q[1-4])?$'),
    ADD CONSTRAINT release_dates CHECK (ends_on > starts_on);
ALTER TABLE release_cell
    ADD CONSTRAINT release_cell_status CHECK (status IN ('A', 'L', 'C', 'D', 'M', 'P')),
    ADD CONSTRAINT release_cell_hidden CHECK (status NOT IN ('C', 'D', 'M')
        OR (n_clients IS NULL AND value IS NULL AND ci_low IS NULL AND ci_high IS NULL)),
    ADD CONSTRAINT release_cell_scope CHECK (scope_type IN ('france', 'region', 'departement', 'territory', 'provider_departement', 'fund')),
    ADD CONSTRAINT release_cell_once UNIQUE NULLS NOT DISTINCT
        (release_id, funder_id, convention_id, indicator, version, scope_type, scope_code, activity, period);
ALTER TABLE convention
    ADD CONSTRAINT convention_status CHECK (status IN ('draft', 'experimental', 'in_force', 'ended')),
    ADD CONSTRAINT convention_dates CHECK (ends_on >= starts_on);
ALTER TABLE platform ADD CONSTRAINT platform_choices CHECK (interval_days BETWEEN 0 AND 90 AND stratum_target > 0);

-- ---- indexes ----
CREATE INDEX intervention_client ON intervention (client_id, ended_at);
-- what waits to be decided: the oldest quarter and the oldest visits of it, so that a backlog is never sorted whole
CREATE INDEX undecided_visit_oldest ON undecided_visit (platform_id, quarter, ended_at);
CREATE INDEX undecided_visit_client ON undecided_visit (client_id);
CREATE INDEX undecided_visit_failed ON undecided_visit (platform_id) WHERE tries > 0;
CREATE INDEX intervention_batch ON intervention (import_batch_id);
CREATE INDEX intervention_recent ON intervention (provider_id, id DESC);
CREATE INDEX client_person ON client (person_id);
CREATE INDEX client_mobile ON client (platform_id, mobile_key);
CREATE INDEX client_phone ON client (platform_id, phone_key);
CREATE INDEX client_words ON client USING gin (name_words);
CREATE INDEX complaint_provider ON complaint (provider_id, state, solution_due_at);
CREATE INDEX complaint_subject_client ON complaint_subject (client_id);
CREATE INDEX complaint_event_order ON complaint_event (complaint_id, at);
CREATE INDEX complaint_source_index ON complaint (source_id);
CREATE INDEX complaint_awaiting ON complaint (platform_id) WHERE awaits_contact;
CREATE INDEX cell_month_index ON cell (platform_id, month, indicator);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX mail_waiting ON mail_outbox (next_at) WHERE sent_at IS NULL;
CREATE INDEX release_cell_reader ON release_cell (release_id, funder_id, indicator);
CREATE INDEX convention_funder ON convention (funder_id);
CREATE INDEX membership_organisation_index ON membership (organisation_id);

-- ---- people: links made and refusals taken without reading the tables ----
-- `items`: [{"client", "person" (known one or null), "cluster", "links": [{"kind", "endpoint", "name"}]}] in hexadecimal;
-- clients of one cluster share an endpoint and a name inside the file.
CREATE FUNCTION link_clients(of_platform uuid, items jsonb) RETURNS TABLE (client uuid, person uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF of_platform IS DISTINCT FROM q_platform() THEN
        RAISE EXCEPTION 'another platform' USING ERRCODE = 'insufficient_privilege';
    END IF;
    CREATE TEMPORARY TABLE IF NOT EXISTS linking
        (client uuid, known uuid, cluster integer, kind text, endpoint bytea, name bytea) ON COMMIT DROP;
    DELETE FROM linking;
    INSERT INTO linking
        SELECT i.client, i.person, i.cluster, l.kind, decode(l.endpoint, 'hex'), decode(l.name, 'hex')
        FROM jsonb_to_recordset(items) AS i(client uuid, person uuid, cluster integer, links jsonb)
        LEFT JOIN LATERAL jsonb_to_recordset(i.links) AS l(kind text, endpoint text, name text) ON true;
    INSERT INTO endpoint (id, platform_id, kind, key)
        SELECT gen_random_uuid(), of_platform, l.kind, l.endpoint FROM linking l WHERE l.endpoint IS NOT NULL
        GROUP BY l.kind, l.endpoint ORDER BY l.endpoint
        ON CONFLICT (platform_id, kind, key) DO NOTHING;
    CREATE TEMPORARY TABLE IF NOT EXISTS linked (cluster integer PRIMARY KEY, person uuid) ON COMMIT DROP;
    DELETE FROM linked;
    INSERT INTO linked
        SELECT l.cluster, coalesce(min(l.known::text), min(n.person_id::text))::uuid FROM linking l
        LEFT JOIN endpoint e ON e.platform_id = of_platform AND e.kind = l.kind AND e.key = l.endpoint
        LEFT JOIN person_name n ON n.endpoint_id = e.id AND n.name_key = l.name
        GROUP BY l.cluster;
    UPDATE linked l SET person = gen_random_uuid() WHERE l.person IS NULL;
    INSERT INTO person (id, platform_id) SELECT l.person, of_platform FROM linked l ON CONFLICT DO NOTHING;
    INSERT INTO person_name (id, platform_id, person_id, endpoint_id, name_key)
        SELECT gen_random_uuid(), of_platform, d.person, e.id, l.name FROM linking l
        JOIN linked d ON d.cluster = l.cluster
        JOIN endpoint e ON e.platform_id = of_platform AND e.kind = l.kind AND e.key = l.endpoint
        GROUP BY d.person, e.id, l.name
        ON CONFLICT DO NOTHING;
    RETURN QUERY SELECT DISTINCT l.client, coalesce(l.known, d.person) FROM linking l JOIN linked d ON d.cluster = l.cluster;
END $$;

-- A death told of any client holds for the person, whatever a later file says: only somebody undoes it.
CREATE FUNCTION note_deaths(of_platform uuid, of_clients uuid[], at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF of_platform IS DISTINCT FROM q_platform() THEN
        RAISE EXCEPTION 'another platform' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE person p SET deceased_at = at FROM client c
        WHERE c.id = ANY (of_clients) AND c.platform_id = of_platform AND c.status = 'deceased'
          AND (NOT q_is('provider') OR c.provider_id = q_org())
          AND p.id = c.person_id AND p.deceased_at IS NULL;
END $$;

-- ---- row-level security ----
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['platform', 'organisation', 'authorisation', 'person', 'endpoint', 'person_name', 'client',
        'intervention', 'undecided_visit', 'intervention_key', 'import_batch', 'account', 'membership', 'session', 'one_time_code', 'api_key',
        'idempotent_reply', 'audit', 'mail_outbox', 'file', 'file_chunk', 'referencing', 'complaint', 'complaint_event',
        'complaint_subject', 'signal', 'cell', 'release', 'release_cell', 'release_base', 'release_chart', 'convention', 'installation', 'tick_run'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['platform', 'organisation', 'authorisation', 'person', 'endpoint', 'person_name', 'client',
        'intervention', 'undecided_visit', 'intervention_key', 'import_batch', 'mail_outbox', 'referencing', 'complaint', 'complaint_event',
        'complaint_subject', 'signal', 'cell', 'release', 'release_cell', 'release_base', 'release_chart', 'convention', 'audit', 'installation', 'tick_run'] LOOP
        EXECUTE format('CREATE POLICY work_all ON %I TO quality_work USING (true) WITH CHECK (true)', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO quality_work', t);
    END LOOP;
END $$;
GRANT DELETE ON mail_outbox, tick_run, undecided_visit TO quality_work;
-- the worker forgets old replies; it cannot read them
CREATE POLICY work_forgets ON idempotent_reply TO quality_work USING (true);
GRANT SELECT (created_at), DELETE ON idempotent_reply TO quality_work;
REVOKE UPDATE ON release, release_cell, release_base, release_chart, audit FROM quality_work;

-- the gate: signing in, codes, keys (q.role = 'gate'); the operator: somebody with a shell on the server
GRANT SELECT, INSERT, UPDATE ON account, membership, session, one_time_code, api_key TO quality_web;
GRANT DELETE ON membership TO quality_web;
CREATE POLICY gate_account ON account TO quality_web USING (q_is('gate', 'operator')) WITH CHECK (q_is('gate', 'operator'));
CREATE POLICY staff_account ON account FOR SELECT TO quality_web
    USING (q_is('admin', 'platform', 'supervisor') AND EXISTS
        (SELECT 1 FROM membership m WHERE m.account_id = account.id AND m.platform_id = q_platform()));
CREATE POLICY gate_membership ON membership TO quality_web USING (q_is('gate', 'operator')) WITH CHECK (q_is('gate', 'operator'));
CREATE POLICY staff_membership ON membership FOR SELECT TO quality_web
    USING (q_is('supervisor') AND platform_id = q_platform());
CREATE POLICY platform_membership ON membership TO quality_web
    USING (q_is('admin', 'platform') AND platform_id = q_platform())
    WITH CHECK (q_is('admin', 'platform') AND platform_id = q_platform());
CREATE POLICY gate_session ON session TO quality_web USING (q_is('gate', 'operator')) WITH CHECK (q_is('gate', 'operator'));
CREATE POLICY gate_code ON one_time_code TO quality_web USING (q_is('gate', 'operator')) WITH CHECK (q_is('gate', 'operator'));
CREATE POLICY gate_key ON api_key TO quality_web USING (q_is('gate', 'operator')) WITH CHECK (q_is('gate', 'operator'));
CREATE POLICY own_key ON api_key FOR SELECT TO quality_web USING (platform_id = q_platform() AND organisation_id = q_org());
CREATE POLICY own_reply ON idempotent_reply TO quality_web
    USING (platform_id = q_platform() AND api_key_id IN (SELECT k.id FROM api_key k WHERE k.organisation_id = q_org()))
    WITH CHECK (platform_id = q_platform() AND api_key_id IN (SELECT k.id FROM api_key k WHERE k.organisation_id = q_org()));
GRANT SELECT, INSERT ON idempotent_reply TO quality_web;

GRANT SELECT, INSERT, UPDATE ON platform, organisation, authorisation, referencing TO quality_web;
CREATE POLICY web_platform ON platform FOR SELECT TO quality_web USING (id = q_platform() OR q_is('gate', 'operator'));
CREATE POLICY platform_change ON platform FOR UPDATE TO quality_web
    USING (id = q_platform() AND q_is('admin', 'platform', 'operator')) WITH CHECK (id = q_platform());
CREATE POLICY operator_platform ON platform FOR INSERT TO quality_web WITH CHECK (q_is('operator'));
CREATE POLICY answer_platform ON platform FOR SELECT TO quality_answer USING (true);
GRANT SELECT ON platform, organisation, referencing, convention TO quality_answer;
CREATE POLICY gate_organisation ON organisation FOR SELECT TO quality_web USING (q_is('gate', 'operator'));
CREATE POLICY staff_organisation ON organisation TO quality_web
    USING (platform_id = q_platform() AND q_is('admin', 'platform', 'supervisor', 'agent', 'operator'))
    WITH CHECK (platform_id = q_platform() AND q_is('admin', 'platform', 'operator'));
CREATE POLICY own_organisation ON organisation FOR SELECT TO quality_web USING (platform_id = q_platform() AND id = q_org());
CREATE POLICY provider_funders ON organisation FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND kind = 'funder');
CREATE POLICY funder_providers ON organisation FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('funder') AND kind = 'provider' AND EXISTS
        (SELECT 1 FROM convention c WHERE c.funder_id = q_org() AND organisation.id = ANY (c.providers)));
CREATE POLICY answer_organisation ON organisation FOR SELECT TO quality_answer USING (true);
CREATE POLICY staff_authorisation ON authorisation TO quality_web
    USING (platform_id = q_platform() AND q_is('admin', 'platform', 'supervisor', 'operator'))
    WITH CHECK (platform_id = q_platform() AND q_is('admin', 'platform', 'operator'));
CREATE POLICY own_authorisation ON authorisation FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND organisation_id = q_org());
CREATE POLICY staff_referencing ON referencing TO quality_web
    USING (platform_id = q_platform() AND q_is('admin', 'platform', 'supervisor', 'agent', 'operator'))
    WITH CHECK (platform_id = q_platform() AND q_is('admin', 'platform', 'operator'));
CREATE POLICY own_referencing ON referencing FOR SELECT TO quality_web USING (platform_id = q_platform() AND provider_id = q_org());
CREATE POLICY answer_referencing ON referencing FOR SELECT TO quality_answer USING (true);

-- clients and interventions: the platform's staff, and the provider its own
GRANT SELECT, INSERT, UPDATE ON client, intervention, intervention_key, import_batch TO quality_web;
CREATE POLICY staff_client ON client TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent', 'operator'))
    WITH CHECK (platform_id = q_platform() AND q_is('platform', 'operator'));
CREATE POLICY own_client ON client TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org())
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org());
CREATE POLICY staff_intervention ON intervention TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent', 'operator'))
    WITH CHECK (platform_id = q_platform() AND q_is('platform', 'operator'));
CREATE POLICY own_intervention ON intervention TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org())
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org());
-- written with the visits, by whoever may write them
GRANT SELECT, INSERT, UPDATE, DELETE ON undecided_visit TO quality_web;
CREATE POLICY staff_undecided ON undecided_visit TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'operator'))
    WITH CHECK (platform_id = q_platform() AND q_is('platform', 'operator'));
CREATE POLICY read_undecided ON undecided_visit FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('supervisor', 'agent'));
CREATE POLICY own_undecided ON undecided_visit TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org())
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org());
CREATE POLICY staff_key ON intervention_key TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'operator')) WITH CHECK (platform_id = q_platform() AND q_is('platform', 'operator'));
CREATE POLICY own_intervention_key ON intervention_key TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org())
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org());
CREATE POLICY staff_import ON import_batch TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'operator')) WITH CHECK (platform_id = q_platform() AND q_is('platform', 'operator'));
CREATE POLICY own_import ON import_batch TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org())
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org());

GRANT SELECT, INSERT ON file, file_chunk TO quality_web;
GRANT DELETE ON file, file_chunk TO quality_web;
CREATE POLICY staff_file ON file TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'operator')) WITH CHECK (platform_id = q_platform() AND q_is('platform', 'operator'));
CREATE POLICY own_file ON file TO quality_web
    USING (platform_id = q_platform() AND organisation_id = q_org()) WITH CHECK (platform_id = q_platform() AND organisation_id = q_org());
CREATE POLICY chunk_of_file ON file_chunk TO quality_web
    USING (EXISTS (SELECT 1 FROM file f WHERE f.id = file_id)) WITH CHECK (EXISTS (SELECT 1 FROM file f WHERE f.id = file_id));

GRANT INSERT, SELECT ON audit, mail_outbox TO quality_web;
CREATE POLICY web_audit ON audit FOR INSERT TO quality_web WITH CHECK (platform_id IS NOT DISTINCT FROM q_platform() OR q_is('gate', 'operator'));
CREATE POLICY staff_audit ON audit FOR SELECT TO quality_web
    USING (q_is('operator') OR (platform_id = q_platform() AND q_is('admin', 'platform', 'supervisor')));
CREATE POLICY web_mail ON mail_outbox FOR INSERT TO quality_web
    WITH CHECK (q_is('gate', 'operator') OR (platform_id = q_platform() AND q_is('admin', 'platform')));

-- complaints: who is behind one is read by the platform, and by its provider when disclosed
GRANT SELECT, INSERT, UPDATE ON complaint, complaint_event, complaint_subject, signal TO quality_web, quality_answer;
CREATE POLICY staff_complaint ON complaint TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'))
    WITH CHECK (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'));
CREATE POLICY own_complaint ON complaint TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org() AND disclosure <> 'call_first')
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org() AND disclosure <> 'call_first');
CREATE POLICY answer_complaint ON complaint TO quality_answer USING (true) WITH CHECK (true);
CREATE POLICY staff_complaint_event ON complaint_event TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'))
    WITH CHECK (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'));
CREATE POLICY own_complaint_event ON complaint_event TO quality_web
    USING (q_is('provider') AND audience = 'all' AND EXISTS (SELECT 1 FROM complaint c WHERE c.id = complaint_id))
    WITH CHECK (platform_id = q_platform() AND q_is('provider') AND audience = 'all'
        AND EXISTS (SELECT 1 FROM complaint c WHERE c.id = complaint_id));
CREATE POLICY answer_complaint_event ON complaint_event TO quality_answer USING (true) WITH CHECK (true);
CREATE POLICY staff_subject ON complaint_subject TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'))
    WITH CHECK (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'));
CREATE POLICY disclosed_subject ON complaint_subject FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org() AND is_disclosed);
CREATE POLICY answer_subject ON complaint_subject TO quality_answer USING (true) WITH CHECK (true);
CREATE POLICY staff_signal ON signal TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'))
    WITH CHECK (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent'));
-- marks follow the name: a provider reads those of a complaint whose client it may know
CREATE POLICY disclosed_signal ON signal FOR SELECT TO quality_web
    USING (q_is('provider') AND EXISTS (SELECT 1 FROM complaint_subject s WHERE s.id = complaint_id));
CREATE POLICY answer_signal ON signal TO quality_answer USING (true) WITH CHECK (true);

-- figures: cells are written by answers, read by the worker; a funder reads released cells of its own population
GRANT SELECT, INSERT, UPDATE ON cell TO quality_answer;
CREATE POLICY answer_cell ON cell TO quality_answer USING (true) WITH CHECK (true);
GRANT SELECT ON release, release_cell, release_base, release_chart TO quality_web;
CREATE POLICY web_release ON release FOR SELECT TO quality_web USING (platform_id = q_platform());
CREATE POLICY staff_release_cell ON release_cell FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'operator'));
CREATE POLICY funder_release_cell ON release_cell FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('funder') AND funder_id = q_org());
CREATE POLICY provider_release_cell ON release_cell FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org());
CREATE POLICY observer_release_cell ON release_cell FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('observer') AND funder_id IS NULL AND scope_type IN ('france', 'region'));
CREATE POLICY staff_release_base ON release_base FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'operator'));
CREATE POLICY staff_release_chart ON release_chart FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'operator'));
CREATE POLICY funder_release_chart ON release_chart FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('funder') AND funder_id = q_org());
CREATE POLICY provider_release_chart ON release_chart FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND provider_id = q_org());
GRANT SELECT, INSERT, UPDATE ON convention TO quality_web;
CREATE POLICY staff_convention ON convention TO quality_web
    USING (platform_id = q_platform() AND q_is('platform', 'supervisor', 'agent', 'operator'))
    WITH CHECK (platform_id = q_platform() AND q_is('platform', 'operator'));
CREATE POLICY funder_convention ON convention FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('funder') AND funder_id = q_org());
CREATE POLICY provider_convention ON convention FOR SELECT TO quality_web
    USING (platform_id = q_platform() AND q_is('provider') AND q_org() = ANY (providers));
CREATE POLICY answer_convention ON convention FOR SELECT TO quality_answer USING (true);

-- ---- functions ----
REVOKE EXECUTE ON FUNCTION clock_offset_seconds(), clock_advance(double precision), ensure_partitions(timestamptz, integer, integer),
    make_month(text, timestamp), link_clients(uuid, jsonb), note_deaths(uuid, uuid[], timestamptz), audit_breaks() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION clock_offset_seconds() TO quality_web, quality_answer, quality_work;
GRANT EXECUTE ON FUNCTION clock_advance(double precision) TO quality_work;  -- to the web in a demonstration only
GRANT EXECUTE ON FUNCTION ensure_partitions(timestamptz, integer, integer) TO quality_work;
GRANT EXECUTE ON FUNCTION link_clients(uuid, jsonb), note_deaths(uuid, uuid[], timestamptz) TO quality_web;
GRANT EXECUTE ON FUNCTION audit_breaks() TO quality_web;
