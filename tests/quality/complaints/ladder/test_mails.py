"""What a letter of the ladder says, and what it never says: mail has many readers."""

import pytest

from quality.complaints.ladder.escalating import RULES
from quality.complaints.ladder.mails import About, letter
from quality.complaints.ladder.steps import Kind
from quality.complaints.words import kinds
from quality.web import languages

WRITTEN = [(step, who) for step, rule in RULES.items() for who in rule.to]
# The two letters that call for help say so; neither goes to a provider or a funder.
ALARMS = {Kind.serious, Kind.serious_late}


def about(kind: str) -> About:
    return About(
        number=7,
        kind=kind,
        platform="Pléiades Services",
        provider="Aide 34",
        departement="34",
        link="https://suivi.example/reclamations/7",
        remedy_code="replan",
    )


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(("step", "who"), WRITTEN, ids=str)
def test_no_letter_about_a_serious_event_names_its_motive(step: Kind, who: object, language: str) -> None:
    subject, text = letter(step, who, about("serious"), language)  # type: ignore[arg-type]
    with languages.using(language):
        motive = kinds()["serious"].casefold()
    assert motive not in ("" if step in ALARMS else text.casefold())
    assert motive not in subject.casefold().partition(" – ")[2]
    assert "7" in subject


def test_another_complaint_is_named_by_its_motive() -> None:
    subject, _ = letter(Kind.opened, RULES[Kind.opened].to[0], about("late"), "fr")
    assert kinds()["late"] in subject
