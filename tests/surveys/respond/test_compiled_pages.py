"""A compiled page is, to the byte, the one that its template renders for the same reader."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from starlette.requests import Request

from quality.app import House
from quality.web.platform import PlatformCard
from surveys.questionnaire.definition import Channel, Item, Questionnaire, Variant, Variants, Words
from surveys.respond import compiled, composing, questions, thanks, who
from surveys.respond.compiled import CompiledPages
from surveys.respond.reader import KEPT, Reader
from surveys.respond.screens import AnswerThanks
from surveys.respond.standing import Said, standing, stored
from surveys.respondents import RELATIONS, Who
from surveys.response import InvitedVisit, KnownResponse, response_id
from tests.surveys.questionnaire.strategies import DAYS, MODES, any_answers, any_definition

NAMES = st.sampled_from(["Aide 34", "L’Écoute & Co", "<b>Présence</b>", "Ñ\ue003", "{jour}"])
TOKENS = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=12, max_size=12)
PIPED = Words(
    fr="Visite {d_organisme}, {jour}\u202f: « {activite} » ?",
    en="{organisme} & {activite}, on {jour}",
    ar="{organisme}، {jour}",
)
WORDS = st.sampled_from(["", "mardi 24 novembre", "Aide & Co", "/suivi/x?langue=en&a=<b>"])
# What the page of a question may depend on, or name, of a visit.
FACTS = {
    "audience": st.sampled_from(["client", "relative"]),
    "language": st.sampled_from(["fr", "ar", "de"]),
    "visit_on": DAYS,
    "activity": st.sampled_from(["I-3", "II-1", "unheard of"]),
    "mode": st.sampled_from(MODES),
    "departement": st.sampled_from(["34", "974"]),
    "collector": st.sampled_from(["platform", "self"]),
    "provider_name": NAMES,
}
CHOICES = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(sorted(known)) for name, known in KEPT.items()}
)
QUERIES = st.sampled_from(["", "utm=a%22b&c", "langue=en&proche=oui", "reponse=1", "note=yes&x=%3C"])
CARD = PlatformCard(UUID(int=1), "P", "Pléiades & Co", "P", "+33467000000", "De 9 h à 12 h", "", "", "")
WORKER = ["", "present", "filled_in"]
CHECKED = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(autouse=True)
def pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "PAGES", CompiledPages())


@pytest.fixture(params=[False, True])
def installed(house: House, request: pytest.FixtureRequest) -> House:
    return replace(house, settings=house.settings.changed(demo=request.param))


@st.composite
def any_piped(draw: st.DrawFn, most: int) -> Questionnaire:
    """Draw a definition whose questions name the visit, in some languages."""
    found = draw(any_definition(most))
    asked = tuple(
        structs.replace(
            item,
            label=PIPED,
            hint=draw(st.none() | st.just(PIPED)),
            variants=Variants(mandataire=Variant(label=Words(fr="Chez vous, {jour}\u202f?"))),
        )
        for item in found.items
    )
    return structs.replace(found, items=asked, languages=("fr", "en", "ar"))


@st.composite
def any_visit(draw: st.DrawFn, questionnaire: Questionnaire, version: UUID) -> InvitedVisit:
    """Draw a visit asked about by a version, with what was answered so far."""
    invitation = uuid4()
    answered = draw(st.dictionaries(st.sampled_from(["client", "relative"]), any_answers(questionnaire)))
    said = {
        who: KnownResponse(response_id(invitation, who), who, 1, answers, {}, "yes", "web")
        for who, answers in answered.items()
    }
    return InvitedVisit(
        id=invitation,
        **{each: uuid4() for each in ("platform_id", "provider_id", "client_id", "occasion_id", "pseudonym")},
        **dict.fromkeys(("territory", "age_band", "first_mode", "seen", "provider_short_name"), "x"),
        **draw(st.fixed_dictionaries(FACTS)),
        questionnaire_id=version,
        month=draw(DAYS),
        funders=(),
        closes_at=datetime.max.replace(tzinfo=UTC),
        closed_at=None,
        closed_reason=None,
        questionnaire=questionnaire,
        responses=said,
    )


@st.composite
def any_reader(draw: st.DrawFn, house: House, visit: InvitedVisit) -> Reader:
    scope = {"type": "http", "method": "GET", "path": "/s/T/1", "headers": []}
    scope["query_string"] = draw(QUERIES).encode()
    scope["app"] = SimpleNamespace(state=SimpleNamespace(house=house))
    return Reader(Request(scope), draw(TOKENS), visit, CARD, draw(CHOICES))


@st.composite
def another(draw: st.DrawFn, reader: Reader) -> Reader:
    """Draw a reader who differs from one by little, so that a page of theirs may pass for the other's."""
    name = draw(st.sampled_from(sorted(FACTS)))
    choices = draw(st.just(reader.choices) | CHOICES)
    return replace(reader, visit=structs.replace(reader.visit, **{name: draw(FACTS[name])}), choices=choices)


def rendered(reader: Reader, item: Item) -> bytes:
    """Render the page of a question as its template does for one reader."""
    place = standing(reader.visit.questionnaire, item, reader.answers, reader.facts)
    assert place is not None
    said = stored(item, reader.answers.get(item.alias, ""), reader.spoken)
    preset = questions.preset_of(reader, item) if place.rank == 1 else ""
    page = composing.question(
        reader, item, place, Said((preset,)) if preset else said, is_preset=bool(preset)
    )
    return bytes(reader.show(page).body)


def asked_of(reader: Reader) -> Iterator[Item]:
    questionnaire = reader.visit.questionnaire
    for item in questionnaire.items:
        if Channel.WEB in questionnaire.channels_of(item) and standing(
            questionnaire, item, reader.answers, reader.facts
        ):
            yield item


@CHECKED
@given(st.data())
def test_a_question_is_to_the_byte_what_its_template_renders(installed: House, data: st.DataObject) -> None:
    visit = data.draw(any_visit(data.draw(any_piped(most=3)), uuid4()))
    reader = data.draw(any_reader(installed, visit))
    for each in (reader, *(data.draw(another(reader)) for _ in range(5))):
        for item in asked_of(each):
            response = questions.shown(each, item)
            assert bytes(response.body) == rendered(each, item)
            assert response.headers["content-language"] == each.language


@CHECKED
@given(st.data())
def test_the_thanks_are_to_the_byte_what_their_template_renders(
    installed: House, data: st.DataObject
) -> None:
    questionnaire = data.draw(any_definition(most=1))
    for _ in range(3):
        reader = data.draw(any_reader(installed, data.draw(any_visit(questionnaire, uuid4()))))
        page = AnswerThanks(
            token=reader.token,
            seat=data.draw(st.sampled_from(["", "oui"])),
            outcome=data.draw(st.sampled_from(["named", "confidential", "callback", "signal", "thanks"])),
            **{name: data.draw(WORDS) for name in thanks.OWN if name != "token"},
            is_answered=data.draw(st.booleans()),
            who=data.draw(WORDS),
            readers=data.draw(st.sampled_from(["platform", "named"])),
            can_share=data.draw(st.booleans()),
            counts=data.draw(st.booleans()),
            remaining=data.draw(st.integers(0, 3)),
            next_number=data.draw(st.none() | st.integers(2, 9)),
        )
        assert bytes(thanks.shown(reader, page).body) == bytes(reader.show(page).body)


@CHECKED
@given(st.data())
def test_the_page_of_who_answered_is_to_the_byte_what_its_template_renders(
    installed: House, data: st.DataObject
) -> None:
    visit = data.draw(any_visit(data.draw(any_definition(most=1)), uuid4()))
    reader = data.draw(any_reader(installed, visit))
    for each in (reader, data.draw(another(reader))):
        said = Who(
            *(data.draw(st.sampled_from(known)) for known in (["", *RELATIONS], ["", "helped"], WORKER))
        )
        assert bytes(who.shown(each, said).body) == bytes(each.show(who.composed(each, said)).body)
