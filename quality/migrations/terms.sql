-- What is kept for a time, and leaves: the worker's right to erase, and the way to what is over.
GRANT DELETE ON person_name, endpoint, complaint_subject TO quality_work;
-- it erases files whose time has come; it reads none
GRANT SELECT (id, complaint_id), DELETE ON file TO quality_work;
GRANT SELECT (file_id), DELETE ON file_chunk TO quality_work;
CREATE POLICY work_forgets ON file TO quality_work USING (true);
CREATE POLICY work_forgets ON file_chunk TO quality_work USING (true);

CREATE INDEX person_name_person ON person_name (person_id);
CREATE INDEX client_email ON client (platform_id, email_key) WHERE email_key IS NOT NULL;
CREATE INDEX client_relative_phone ON client (platform_id, relative_phone_key) WHERE relative_phone_key IS NOT NULL;
CREATE INDEX client_relative_email ON client (platform_id, relative_email_key) WHERE relative_email_key IS NOT NULL;
CREATE INDEX complaint_kept ON complaint (closed_at) WHERE state = 'closed' AND erased_at IS NULL;
CREATE INDEX import_batch_kept ON import_batch (created_at) WHERE file_id IS NOT NULL OR rejects_file_id IS NOT NULL OR errors <> '[]';
