"""Rows of assessments, evidence, adhesions and campaigns."""

import hashlib
from datetime import date

from charter.editions import content
from tests.rows.identities import FUNDER, LATER, MONTH, NOW, PLATFORM, PROVIDER, Row, made

TEXT = content("national-2012")


def rows() -> dict[str, Row]:
    p, o = PLATFORM, PROVIDER
    return {
        "charter_edition": {
            "platform_id": p,
            "code": "national-2012",
            "version": 1,
            "content": TEXT,
            "sha256": hashlib.sha256(TEXT).digest(),
            "published_by": made("account"),
            "published_at": NOW,
        },
        "assessment": {
            "platform_id": p,
            "provider_id": o,
            "edition": "national-2012",
            "edition_version": 1,
            "opened_at": NOW,
        },
        "assessment_answer": {
            "platform_id": p,
            "provider_id": o,
            "assessment_id": made("assessment"),
            "criterion": "1.3",
            "is_imperative": False,
            "answer": "yes",
            "answered_at": NOW,
        },
        "answer_revision": {
            "platform_id": p,
            "provider_id": o,
            "assessment_id": made("assessment"),
            "criterion": "1.3",
            "version": 2,
            "answer": "yes",
            "answered_at": NOW,
        },
        "evidence": {
            "platform_id": p,
            "provider_id": o,
            "title": "Registre des réclamations",
            "document": "complaint_log",
            "created_at": NOW,
        },
        "evidence_revision": {
            "platform_id": p,
            "provider_id": o,
            "evidence_id": made("evidence"),
            "number": 1,
            "url": "https://aide34.invalid/registre",
            "added_at": NOW,
        },
        "charter_action": {
            "platform_id": p,
            "provider_id": o,
            "edition": "national-2012",
            "edition_version": 1,
            "criterion": "1.4",
            "title": "Noter l’appel",
            "due_on": NOW.date(),
            "created_at": NOW,
            "changed_at": NOW,
        },
        "assessment_part": {
            "platform_id": p,
            "provider_id": o,
            "assessment_id": made("assessment"),
            "chapter": 1,
            "account_id": made("account"),
        },
        "review_file": {
            "platform_id": p,
            "provider_id": o,
            "assessment_id": made("assessment"),
            "state": "submitted",
            "submitted_at": NOW,
        },
        "review_point": {
            "platform_id": p,
            "provider_id": o,
            "file_id": made("review_file"),
            "criterion": "1.3",
            "state": "contested",
            "answer": "no",
            "reason": "La preuve manque.",
            "due_at": LATER,
            "changed_at": NOW,
        },
        "adhesion": {
            "platform_id": p,
            "provider_id": o,
            "file_id": made("review_file"),
            "edition": "national-2012",
            "edition_version": 1,
            "rank": 0,
            "state": "suspended",
            "reason": "Réclamations sans réponse.",
            "changed_at": NOW,
            "suspended_at": NOW,
            "starts_on": MONTH,
            "ends_on": date(2028, 10, 31),
        },
        "charter_campaign": {
            "platform_id": p,
            "name": "Cohorte 2026",
            "edition": "national-2012",
            "edition_version": 1,
            "kind": "full",
            "starts_on": MONTH,
            "ends_on": date(2026, 12, 31),
            "funder_id": FUNDER,
            "created_at": NOW,
        },
        "campaign_invitation": {
            "platform_id": p,
            "campaign_id": made("charter_campaign"),
            "provider_id": o,
            "invited_at": NOW,
        },
        "campaign_session": {
            "platform_id": p,
            "campaign_id": made("charter_campaign"),
            "starts_at": LATER,
            "place": "Par téléphone",
            "topic": "Les preuves",
        },
        "register_consent": {"platform_id": p, "provider_id": o, "given_at": NOW},
    }
