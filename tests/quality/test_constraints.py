"""Each constraint refuses its bad row; dropping one, or adding one without its bad row, is red."""

import hashlib
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest
from tortoise import Tortoise
from tortoise.fields.relational import ForeignKeyFieldInstance

from quality.app import House
from tests.rows import INVITATION, MONTH, NOW, OTHER_PLATFORM, child_id, insert, made, valid_rows

BEFORE = NOW - timedelta(days=9)
TWICE: dict[str, tuple[str, dict[str, Any]]] = {
    "platform_code_key": ("platform", {}),
    "uid_organisatio_platfor": ("organisation", {}),
    "account_email_key": ("account", {}),
    "membership_once": ("membership", {}),
    "uid_territory_platfor": ("territory", {"rank": 2}),
    "uid_territory_platfor_": ("territory", {"code": "lunel"}),
    "uid_territory_p_platfor": ("territory_postcode", {}),
    "session_token": ("session", {}),
    "uid_charter_edi_platfor": ("charter_edition", {}),
    "one_time_code_hash": ("one_time_code", {}),
    "api_key_hash": ("api_key", {}),
    "saved_view_once": ("saved_view", {}),
    "endpoint_once": ("endpoint", {}),
    "person_name_once": ("person_name", {}),
    "release_cell_once": ("release_cell", {}),
    "invitation_token": ("invitation", {"occasion_id": made("another")}),
    "invitation_occasion": ("invitation", {"token_key": b"other"}),
    "complaint_token": ("complaint", {"number": 3}),
    "assessment_open_once": ("assessment", {}),
    "review_file_open_once": ("review_file", {"assessment_id": made("fresh")}),
    "adhesion_living_once": ("adhesion", {"rank": 1}),
    "uid_assessment_": ("assessment_answer", {}),
    "uid_assessment__": ("assessment_part", {}),
    "uid_evidence_re": ("evidence_revision", {}),
    "uid_answer_revi_": ("answer_revision", {}),
    "uid_review_file_": ("review_file", {"state": "accepted", "decided_at": NOW}),
    "uid_review_poin_": ("review_point", {}),
    "adhesion_rank_key": ("adhesion", {"state": "ended"}),
    "uid_register_co_": ("register_consent", {}),
    "uid_mode_seed_platfor": ("mode_seed", {}),
    "uid_questionnai_platfor": ("questionnaire_use", {}),
}
BAD: dict[str, tuple[str, dict[str, Any]]] = {
    "platform_choices": ("platform", {"interval_days": 91}),
    "organisation_kind": ("organisation", {"kind": "bank"}),
    "organisation_siret": ("organisation", {"siret": "7328293200007X"}),
    "organisation_legal_form": ("organisation", {"legal_form": "club"}),
    "territory_code": ("territory", {"code": "hors-territoire"}),
    "territory_name": ("territory", {"name": ""}),
    "territory_rank": ("territory", {"rank": 16}),
    "territory_closings": ("territory", {"rank": None}),
    "territory_since": ("territory", {"since": date(2026, 12, 2)}),
    "territory_postcode_place": ("territory_postcode", {"postcode": "30000"}),
    "authorisation_kind": ("authorisation", {"kind": "wish"}),
    "authorisation_dates": ("authorisation", {"valid_to": date(2020, 1, 1)}),
    "membership_role": ("membership", {"role": "king", "organisation_id": None}),
    "membership_organisation": ("membership", {"organisation_id": None}),
    "account_email": ("account", {"email": "A@B.invalid"}),
    "one_time_code_purpose": ("one_time_code", {"purpose": "gift"}),
    "endpoint_kind": ("endpoint", {"kind": "fax"}),
    "client_status": ("client", {"status": "asleep"}),
    "client_contact": ("client", {"contact": "fax"}),
    "client_age_band": ("client", {"age_band": "99+"}),
    "client_language": ("client", {"language": "FR"}),
    "intervention_status": ("intervention", {"status": "maybe"}),
    "intervention_mode": ("intervention", {"mode": "gratis"}),
    "intervention_reason": ("intervention", {"status_reason": "rain"}),
    "intervention_when": ("intervention", {"planned_start": None, "started_at": None}),
    "intervention_planned": ("intervention", {"planned_end": BEFORE}),
    "intervention_done": ("intervention", {"ended_at": BEFORE}),
    "intervention_hours": ("intervention", {"hours_notified": -1}),
    "import_batch_state": ("import_batch", {"state": "lost"}),
    "import_batch_source": ("import_batch", {"source": "fax"}),
    "file_size": ("file", {"size": 20_971_521}),
    "referencing_status": ("referencing", {"status": "loved"}),
    "referencing_delays": ("referencing", {"alert_days": 1}),
    "complaint_source": ("complaint", {"source_kind": "rumour"}),
    "complaint_kind": ("complaint", {"kind": "mood"}),
    "complaint_holder": ("complaint", {"holder": "nobody"}),
    "complaint_position": ("complaint", {"position": "shrug"}),
    "complaint_contested": ("complaint", {"position": "contested"}),
    "complaint_round": ("complaint", {"round": 0}),
    "complaint_merged": ("complaint", {"merged_into_id": made("other")}),
    "complaint_serious": ("complaint", {"is_shared": False}),
    "complaint_verdict_dates": ("complaint", {"verdict_asked_at": NOW}),
    "promise_state": ("complaint_promise", {"state": "forgotten"}),
    "promise_authority": ("complaint_promise", {"authority": "rumour"}),
    "promise_amount": ("complaint_promise", {"amount_cents": 0}),
    "promise_due": ("complaint_promise", {"due_at": BEFORE}),
    "promise_confirmed": ("complaint_promise", {"state": "confirmed"}),
    "promise_done": ("complaint_promise", {"state": "done"}),
    "promise_done_how": ("complaint_promise", {"state": "done", "done_at": NOW, "done_how": "magic"}),
    "promise_refused": ("complaint_promise", {"state": "refused"}),
    "authority_refusal_reason": ("authority_refusal", {"reason": "mood"}),
    "authority_refusal_amount": ("authority_refusal", {"amount_cents": 0}),
    "transmission_answered": ("complaint_transmission", {"answer": "a"}),
    "transmission_words": ("complaint_transmission", {"summary": ""}),
    "provider_summary_month": ("provider_summary", {"month": date(2026, 11, 2)}),
    "reply_template_words": ("reply_template", {"title": ""}),
    "saved_view_words": ("saved_view", {"name": ""}),
    "file_audience": ("file", {"complaint_id": made("complaint")}),
    "platform_desk": ("platform", {"call_lines": 0}),
    "complaint_disclosure": ("complaint", {"disclosure": "public"}),
    "complaint_state": ("complaint", {"state": "lost"}),
    "complaint_verdict": ("complaint", {"state": "opened", "verdict": "bof"}),
    "complaint_dates": ("complaint", {"alert_due_at": BEFORE}),
    "complaint_contacts": ("complaint", {"contacts": 3}),
    "complaint_acknowledged": ("complaint", {"state": "acknowledged", "acknowledged_at": None}),
    "complaint_remedied": ("complaint", {"state": "remedied", "cause": ""}),
    "complaint_closed": ("complaint", {"verdict": "not_settled"}),
    "complaint_event_audience": ("complaint_event", {"audience": "press"}),
    "signal_wish": ("signal", {"wish": "revenge"}),
    "signal_complaint": ("signal", {"wish": "nothing"}),
    "cell_sums": ("cell", {"n": -1}),
    "disposition_letter": ("disposition", {"letter": "Z"}),
    "visit_month_month": ("visit_month", {"month": date(2026, 11, 2)}),
    "cell_parts": ("cell", {"parts": [0, -1]}),
    "cell_arm": ("cell", {"arm": "phone"}),
    "cell_month": ("cell", {"month": date(2026, 11, 2)}),
    "release_period": ("release", {"period": "2026-13"}),
    "release_dates": ("release", {"ends_on": date(2026, 9, 1)}),
    "release_cell_status": ("release_cell", {"status": "Z"}),
    "release_cell_hidden": ("release_cell", {"status": "C"}),
    "release_cell_scope": ("release_cell", {"scope_type": "street"}),
    "convention_status": ("convention", {"status": "dream"}),
    "convention_dates": ("convention", {"ends_on": date(2020, 1, 1)}),
    "convention_experiment": ("convention", {"is_experiment": True}),
    "convention_verdict": ("convention", {"verdict": "perhaps", "concluded_at": NOW}),
    "convention_concluded": ("convention", {"verdict": "unsure"}),
    "report_subscription_rhythm": ("report_subscription", {"rhythm": "day"}),
    "report_subscription_whole": ("report_subscription", {"population": "ensemble"}),
    "yearly_text_year": ("yearly_text", {"year": 1789}),
    "figure_reading_shown": ("figure_reading", {"shown": "nothing"}),
    "convention_signature_digest": ("convention_signature", {"digest": b"short"}),
    "occasion_decision": ("occasion", {"decision": "perhaps"}),
    "occasion_told": ("occasion", {"told": "perhaps"}),
    "occasion_draw": ("occasion", {"draw": 1.0}),
    "stratum_quarter": ("stratum", {"quarter": "2026-Q5"}),
    "stratum_target": ("stratum", {"target": 0}),
    "invitation_purpose": (
        "invitation",
        {"purpose": "advert", "complaint_id": made("c"), "occasion_id": None},
    ),
    "invitation_arm": ("invitation", {"arm": "phone/sms"}),
    "invitation_audience": ("invitation", {"audience": "press"}),
    "invitation_survey": ("invitation", {"occasion_id": None}),
    "invitation_asks": ("invitation", {"questionnaire_id": None}),
    "invitation_complaint": ("invitation", {"purpose": "news", "occasion_id": None}),
    "invitation_first_mode": ("invitation", {"first_mode": "fax"}),
    "invitation_collector": ("invitation", {"collector": "press"}),
    "invitation_door": ("invitation", {"first_mode": "web"}),
    "invitation_month": ("invitation", {"month": date(2026, 11, 2)}),
    "invitation_closed": ("invitation", {"closed_reason": None}),
    "attempt_identity": ("attempt", {"id": child_id(INVITATION, 9)}),
    "attempt_step": ("attempt", {"try_number": 17, "id": child_id(INVITATION, 17)}),
    "attempt_state": ("attempt", {"state": "gone"}),
    "attempt_contact_cap": ("attempt", {"contact_cap": 0}),
    "attempt_channel": ("attempt", {"channel": "fax"}),
    "attempt_audience": ("attempt", {"audience": "press"}),
    "attempt_window": ("attempt", {"closes_at": BEFORE}),
    "attempt_lease": ("attempt", {"state": "claimed"}),
    "attempt_sent": ("attempt", {"state": "sent"}),
    "attempt_why": ("attempt", {"state": "failed"}),
    "contact_event_channel": ("contact_event", {"channel": "fax"}),
    "response_respondent": ("response", {"respondent": "press", "id": child_id(INVITATION, 4)}),
    "response_identity": ("response", {"id": child_id(INVITATION, 9)}),
    "response_channel": ("response", {"channel": "fax"}),
    "response_version": ("response", {"version": 0}),
    "response_relation": ("response", {"relation": "La fille"}),
    "response_help": ("response", {"help": "much"}),
    "response_worker": ("response", {"worker": "asleep"}),
    "response_disclosure": ("response", {"disclosure": "public"}),
    "response_verdict": ("response", {"verdict": "no", "doubts": ["too_fast"]}),
    "response_judged": ("response", {"verdict": "in"}),
    "response_judgement_verdict": ("response_judgement", {"verdict": ""}),
    "response_judgement_why": ("response_judgement", {"why": ""}),
    "response_change_channel": ("response_change", {"channel": "fax"}),
    "response_change_version": ("response_change", {"version": 0}),
    "message_change_language": ("message_change", {"language": "FR"}),
    "questionnaire_use_moment": ("questionnaire_use", {"moment": "birthday"}),
    "questionnaire_use_code": ("questionnaire_use", {"code": "Essai 1"}),
    "questionnaire_draft_code": ("questionnaire_draft", {"code": "Essai 1"}),
    "questionnaire_draft_tree": ("questionnaire_draft", {"tree": "[]"}),
    "questionnaire_draft_counts": ("questionnaire_draft", {"standing": 2}),
    "questionnaire_step_tree": ("questionnaire_step", {"tree": "[]"}),
    "questionnaire_step_said": ("questionnaire_step", {"said": ""}),
    "questionnaire_audio_variant": ("questionnaire_audio", {"variant": "fax"}),
    "questionnaire_audio_language": ("questionnaire_audio", {"language": "FR"}),
    "call_case_kind": ("call_case", {"kind": "sale"}),
    "call_case_state": ("call_case", {"state": "lost"}),
    "call_case_held": ("call_case", {"state": "held"}),
    "call_case_done": ("call_case", {"state": "done"}),
    "call_case_window": ("call_case", {"closes_at": BEFORE}),
    "call_case_priority": ("call_case", {"priority": 25}),
    "call_case_language": ("call_case", {"language": "FR"}),
    "call_case_parts": ("call_case", {"morning_tries": -1}),
    "call_case_referred": ("call_case", {"referred_at": NOW}),
    "call_log_part": ("call_log", {"part": "night"}),
    "call_log_ends": ("call_log", {"ended_at": BEFORE}),
    "call_log_number": ("call_log", {"number_kind": "fax"}),
    "call_log_reviewed": ("call_log", {"reviewed_at": NOW}),
    "carrier_pace_channel": ("carrier_pace", {"channel": "fax"}),
    "channel_setting_channel": ("channel_setting", {"channel": "fax"}),
    "channel_setting_held": ("channel_setting", {"held_at": NOW}),
    "channel_setting_budget": ("channel_setting", {"channel": "phone", "per_day": 4}),
    "channel_setting_spent": ("channel_setting", {"spent": "[]"}),
    "undecided_visit_tries": ("undecided_visit", {"tries": 1}),
    "unplanned_request_tries": ("unplanned_request", {"tries": 0}),
    "protocol_draft_name": ("protocol_draft", {"name": "Essai 1"}),
    "protocol_draft_form": ("protocol_draft", {"form": "[]"}),
    "protocol_draft_counts": ("protocol_draft", {"revision": 0}),
    "simulation_state": ("simulation", {"state": "lost"}),
    "simulation_asked": ("simulation", {"protocols": "[]"}),
    "simulation_lease": ("simulation", {"state": "running"}),
    "simulation_end": ("simulation", {"result": "{}"}),
    "simulation_file": ("simulation", {"file_cipher": b"sealed"}),
    "simulation_counts": ("simulation", {"visits_read": -1}),
    "desk_team_lines": ("desk_team", {"lines": 0}),
    "desk_agent_shift": ("desk_agent", {"ends_minute": 8}),
    "desk_notice_words": ("desk_notice", {"text": ""}),
    "inbound_channel": ("inbound", {"channel": "fax"}),
    "inbound_kind": ("inbound", {"kind": "song"}),
    "release_funnel_peers": ("release_funnel", {"peers": 9}),
    "release_funnel_activity": ("release_funnel", {"activity": ""}),
    "release_funnel_centre": ("release_funnel", {"centre": 101}),
    "release_funnel_reliability": ("release_funnel", {"reliability": 101}),
    "release_mode_compared": ("release_mode", {"compared": "sms"}),
    "release_seal_part": ("release_seal", {"part": "release"}),
    "release_seal_length": ("release_seal", {"seal": b"s"}),
    "release_weighted_interval": ("release_weighted", {"ci_low": 81}),
    "release_weighted_parts": ("release_weighted", {"trimmed": 101}),
    "release_weighted_margins": ("release_weighted", {"margins": []}),
    "release_standing_level": ("release_standing", {"level": "best"}),
    "release_standing_place": ("release_standing", {"lower": 0, "alike": 9, "higher": 1}),
    "release_fact_counts": ("release_fact", {"held": 5}),
    "release_fact_population": ("release_fact", {"convention_id": None}),
    "assessment_edition": ("assessment", {"edition_version": 0}),
    "charter_edition_code": ("charter_edition", {"version": 0}),
    "charter_edition_content": ("charter_edition", {"content": b"", "sha256": hashlib.sha256().digest()}),
    "charter_edition_sha256": ("charter_edition", {"sha256": b"s" * 32}),
    "charter_edition_withdrawn": ("charter_edition", {"withdrawn_at": BEFORE}),
    "charter_action_edition": ("charter_action", {"edition_version": 0}),
    "assessment_kind": ("assessment", {"kind": "short"}),
    "assessment_dates": ("assessment", {"frozen_at": BEFORE, "issued": b"{}"}),
    "assessment_issued": ("assessment", {"issued": b"{}"}),
    "assessment_answer_version": ("assessment_answer", {"version": 0}),
    "answer_revision_version": ("answer_revision", {"version": 0}),
    "evidence_title": ("evidence", {"title": " "}),
    "evidence_place": ("evidence", {"document": ""}),
    "evidence_reminded": ("evidence", {"reminded": 3}),
    "evidence_revision_number": ("evidence_revision", {"number": 0}),
    "evidence_revision_content": ("evidence_revision", {"url": "javascript:alert(1)"}),
    "evidence_revision_url": ("evidence_revision", {"file_id": made("file"), "url": "ftp://x"}),
    "charter_action_state": ("charter_action", {"state": "lost"}),
    "charter_action_done": ("charter_action", {"state": "done"}),
    "charter_action_title": ("charter_action", {"title": ""}),
    "charter_action_reminded": ("charter_action", {"reminded": 3}),
    "assessment_part_chapter": ("assessment_part", {"chapter": 0}),
    "assessment_answer_criterion": ("assessment_answer", {"criterion": "1.03"}),
    "assessment_answer_choice": ("assessment_answer", {"answer": "maybe"}),
    "assessment_answer_imperative": (
        "assessment_answer",
        {"is_imperative": True, "answer": "not_concerned", "reason": "Aucun"},
    ),
    "review_file_state": ("review_file", {"state": "lost"}),
    "review_file_decided": ("review_file", {"state": "accepted"}),
    "review_file_reason": ("review_file", {"state": "returned", "decided_at": NOW}),
    "review_point_state": ("review_point", {"state": "lost", "due_at": None}),
    "review_point_answer": ("review_point", {"answer": ""}),
    "review_point_reason": ("review_point", {"reason": " "}),
    "review_point_due": ("review_point", {"due_at": None}),
    "adhesion_state": ("adhesion", {"state": "lost"}),
    "adhesion_origin": ("adhesion", {"certificate": "NF"}),
    "adhesion_dates": ("adhesion", {"ends_on": MONTH}),
    "adhesion_reason": ("adhesion", {"reason": ""}),
    "adhesion_suspended": ("adhesion", {"suspended_at": None}),
    "adhesion_appeal": ("adhesion", {"state": "appealed"}),
    "charter_campaign_name": ("charter_campaign", {"name": " "}),
    "charter_campaign_edition": ("charter_campaign", {"edition_version": 0}),
    "charter_campaign_kind": ("charter_campaign", {"kind": "short"}),
    "charter_campaign_dates": ("charter_campaign", {"ends_on": MONTH}),
    "charter_campaign_remind": ("charter_campaign", {"remind_days": 0}),
    "charter_campaign_closed": ("charter_campaign", {"closed_at": BEFORE}),
    "campaign_session_words": ("campaign_session", {"place": " "}),
    "assessment_answer_reason": ("assessment_answer", {"answer": "not_concerned", "reason": " "}),
}
FINAL = (
    "release",
    "release_cell",
    "release_base",
    "release_chart",
    "release_funnel",
    "release_standing",
    "release_weighted",
    "release_fact",
    "release_mode",
    "release_seal",
    "audit",
    "protocol_version",
    "questionnaire_version",
)


@pytest.fixture
async def bare(owner: asyncpg.Connection, empty: None) -> asyncpg.Connection:
    """The owner's connection, foreign keys asleep: each bad row is bad for one reason only."""
    return owner


async def refusal(connection: asyncpg.Connection, table: str, row: dict[str, Any]) -> str | None:
    try:
        async with connection.transaction():
            await insert(connection, table, row)
    except (asyncpg.CheckViolationError, asyncpg.UniqueViolationError) as error:
        return str(error.constraint_name)
    return None


async def test_a_valid_row_of_each_table_is_accepted(bare: asyncpg.Connection, tables: list[str]) -> None:
    rows = valid_rows()
    assert sorted(rows) == sorted(tables)
    for table, row in rows.items():
        await insert(bare, table, row)


@pytest.mark.parametrize("name", sorted(BAD))
async def test_a_check_refuses_its_bad_row(bare: asyncpg.Connection, name: str) -> None:
    table, change = BAD[name]
    assert await refusal(bare, table, {**valid_rows()[table], **change}) == name


@pytest.mark.parametrize("name", sorted(TWICE))
async def test_a_row_is_not_written_twice(bare: asyncpg.Connection, name: str) -> None:
    table, change = TWICE[name]
    row = valid_rows()[table]
    await insert(bare, table, row)
    refused = await refusal(bare, table, {**row, "id": made("second"), **change})
    assert refused is not None
    assert refused.startswith(name)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("invitation_year", {"purpose": "yearly", "occasion_id": None}),
        (
            "invitation_judged",
            {
                "purpose": "complaint",
                "occasion_id": None,
                "complaint_id": made("complaint"),
                "first_mode": "web",
            },
        ),
    ],
)
async def test_a_client_is_asked_about_a_year_and_about_a_complaint_once(
    bare: asyncpg.Connection, name: str, change: dict[str, Any]
) -> None:
    row = {**valid_rows()["invitation"], **change}
    await insert(bare, "invitation", row)
    again = {**row, "id": made("second"), "token_key": b"second"}
    assert await refusal(bare, "invitation", again) == name
    assert await refusal(bare, "invitation", {**again, "audience": "relative"}) is None


@pytest.mark.parametrize("table", FINAL)
async def test_what_was_published_never_changes(bare: asyncpg.Connection, table: str) -> None:
    await insert(bare, table, valid_rows()[table])
    for change in (f"UPDATE {table} SET platform_id = $1", f"DELETE FROM {table} WHERE $1::uuid IS NOT NULL"):
        await bare.execute("SET session_replication_role = origin")
        with pytest.raises(asyncpg.RestrictViolationError, match="immutable"):
            await bare.execute(change, OTHER_PLATFORM)
        await bare.execute("SET session_replication_role = replica")


async def test_every_check_of_the_schema_has_its_bad_row(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(
        """
        SELECT conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
        JOIN pg_namespace n ON n.oid = t.relnamespace
        WHERE n.nspname = 'public' AND contype = 'c' AND NOT t.relispartition
        """
    )
    assert {row["conname"] for row in rows} == set(BAD)


async def test_every_uniqueness_of_the_models_stands_in_the_schema(
    owner: asyncpg.Connection, house: House
) -> None:
    rows = await owner.fetch(
        """
        SELECT t.relname AS name, array_agg(a.attname::text ORDER BY a.attname) AS columns
        FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (i.indkey)
        WHERE n.nspname = 'public' AND i.indisunique AND NOT t.relispartition GROUP BY t.relname, i.indexrelid
        """
    )
    present = {(row["name"], tuple(row["columns"])) for row in rows}
    expected = set()
    for models in Tortoise.apps.values():
        for model in models.values():
            meta = model._meta
            expected.add((meta.db_table, (meta.db_pk_column,)))
            for fields in meta.unique_together:
                columns = tuple(sorted(_column(meta, name) for name in fields))
                expected.add((meta.db_table, columns))
    assert expected <= present


async def test_every_reference_and_every_required_column_of_the_models_stands_in_the_schema(
    owner: asyncpg.Connection, house: House
) -> None:
    references = {
        (row["source"], row["attname"], row["target"])
        for row in await owner.fetch(
            """
            SELECT s.relname AS source, a.attname, t.relname AS target FROM pg_constraint c
            JOIN pg_class s ON s.oid = c.conrelid JOIN pg_class t ON t.oid = c.confrelid
            JOIN pg_attribute a ON a.attrelid = s.oid AND a.attnum = c.conkey[1]
            WHERE c.contype = 'f' AND NOT s.relispartition
            """
        )
    }
    required = {
        (row["relname"], row["attname"])
        for row in await owner.fetch(
            """
            SELECT t.relname, a.attname FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid
            WHERE a.attnotnull AND a.attnum > 0 AND t.relkind IN ('r', 'p')
            """
        )
    }
    for models in Tortoise.apps.values():
        for model in models.values():
            meta = model._meta
            for name, field in meta.fields_map.items():
                if isinstance(field, ForeignKeyFieldInstance):
                    assert (
                        meta.db_table,
                        _column(meta, name),
                        field.related_model._meta.db_table,
                    ) in references
                elif name in meta.db_fields and not field.null:
                    assert (meta.db_table, _column(meta, name)) in required


def _column(meta: Any, name: str) -> str:
    field = meta.fields_map[name]
    return field.source_field or (f"{name}_id" if isinstance(field, ForeignKeyFieldInstance) else name)
