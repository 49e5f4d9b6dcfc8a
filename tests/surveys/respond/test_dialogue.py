"""A conversation by SMS: one question at a time, asked again once, and a refusal heard in any state."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from surveys.dispatch.replies import template_of
from surveys.questionnaire.coding import options
from surveys.questionnaire.definition import Channel, Choice, Item, Kind, Questionnaire, Words
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.logic import parse
from surveys.questionnaire.reading import library
from surveys.respond.dialogue import Act, Heard, State, hear, left, resume, spoken, start
from tests.surveys.questionnaire.strategies import any_definition, any_facts

FACTS = Facts(organisation="Aide 34", day=date(2026, 11, 24))
DEFAULT = library("default")
TEXTS = st.sampled_from(
    [
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "0",
        "1 ou 2",
        "?",
        "oui",
        "non",
        "retard",
        "très bien",
        "merci",
        "CONTACT",
    ]
) | st.text(max_size=8)
STOPS = st.sampled_from(["STOP", "Arrêt", "non merci", "5 stop", "désabonnement"])


def acts(heard: Heard) -> list[str]:
    return [effect.act.value for effect in heard.effects]


def asked() -> State:
    return start(DEFAULT, FACTS)


def after_low() -> State:
    return left(hear(asked(), "2").state)


def test_a_good_mark_ends_the_conversation() -> None:
    heard = hear(asked(), "5")
    assert (acts(heard), heard.state.answers, heard.state.waiting) == (["store"], {"globale": 5}, "")


def test_a_low_mark_asks_what_it_is_about() -> None:
    heard = hear(asked(), "1")
    assert acts(heard) == ["store", "branch"]
    assert heard.state.waiting == "motif"


def test_what_it_is_about_is_said_by_a_digit_or_a_word() -> None:
    for text in ("1", "retard", "un retard svp"):
        heard = hear(after_low(), text)
        assert (acts(heard), heard.state.answers) == (["store"], {"globale": 2, "motif": "late"})


def test_not_knowing_what_it_is_about_leaves_the_mark() -> None:
    assert hear(after_low(), "?").state.answers == {"globale": 2, "motif": "nsp"}


def test_a_digit_outside_the_motives_is_asked_again_then_for_a_person() -> None:
    again = hear(after_low(), "5")
    assert [(effect.act, effect.item) for effect in again.effects] == [(Act.ASK_AGAIN, "motif")]
    assert acts(hear(again.state, "5")) == ["person"]


def test_a_mark_corrected_before_the_question_left_withdraws_it() -> None:
    corrected = hear(hear(asked(), "1").state, "4")
    assert (acts(corrected), corrected.state.waiting) == (["store"], "")


def test_an_unclear_text_while_a_question_waits_is_for_a_person() -> None:
    assert acts(hear(hear(asked(), "1").state, "4 ou 5")) == ["person"]


def test_a_question_asked_no_more_waits_for_nothing() -> None:
    state = resume(DEFAULT, FACTS, {"globale": 5}, sent=["motif"])
    assert state.awaited == "globale"
    assert hear(state, "4").state.answers == {"globale": 4}


def test_what_was_answered_elsewhere_is_not_asked() -> None:
    asks = structs.replace(DEFAULT.item("conseil"), channels=(Channel.WEB, Channel.SMS))
    whole = structs.replace(DEFAULT, items=(DEFAULT.items[0], asks))
    assert acts(hear(start(whole, FACTS), "5")) == ["store", "ask"]
    assert acts(hear(resume(whole, FACTS, {"conseil": "yes"}), "5")) == ["store"]


def test_a_late_answer_is_only_kept_and_a_late_refusal_heard() -> None:
    over = resume(DEFAULT, FACTS, {}, is_over=True)
    assert [acts(hear(over, text)) for text in ("5", "4 ou 5", "stop", "Rappelez-moi")] == [
        ["late"],
        ["late"],
        ["stop"],
        ["person"],
    ]


def test_where_nothing_is_asked_by_sms_a_text_is_for_a_person() -> None:
    written = structs.replace(DEFAULT, items=(structs.replace(DEFAULT.items[0], channels=(Channel.WEB,)),))
    assert acts(hear(start(written, FACTS), "5")) == ["person"]


def unanswered(state: State, asked: set[str]) -> set[str]:
    return {alias for alias in asked | {state.waiting} - {""} if alias not in state.answers}


@settings(max_examples=150, deadline=None)
@given(any_definition(), any_facts(), st.lists(st.tuples(TEXTS, st.booleans()), max_size=12), STOPS)
def test_never_two_questions_wait_for_an_answer_and_one_is_asked_again_at_most_once(
    questionnaire: Questionnaire, facts: Facts, texts: list[tuple[str, bool]], stop: str
) -> None:
    state, again = start(questionnaire, facts), 0
    was_asked = {state.awaited} - {""}
    for text, leaves in texts:
        heard = hear(state, text)
        again += acts(heard).count("ask_again")
        assert sum(acts(heard).count(act) for act in ("ask", "branch", "ask_again")) <= 1
        state = left(heard.state) if leaves else heard.state
        was_asked |= {state.awaited} - {""}
        assert len(unanswered(state, was_asked)) <= 1
        assert again <= 1
        assert acts(hear(state, stop)) == ["stop"]


@settings(max_examples=150, deadline=None)
@given(any_definition(), any_facts(), st.data())
def test_what_is_stored_is_what_the_question_takes(
    questionnaire: Questionnaire, facts: Facts, data: st.DataObject
) -> None:
    state = start(questionnaire, facts)
    whole = spoken(questionnaire)
    while state.awaited and state.awaited not in state.answers:
        item = whole.item(state.awaited)
        option = data.draw(st.sampled_from([each for each in options(item, "sms") if each.digit]))
        heard = hear(state, option.digit)
        assert heard.state.answers[item.alias] == parse(item, option.value)
        state = left(heard.state)


OWN = Item(
    alias="motif",
    kind=Kind.SINGLE,
    label=Words(fr="Qu’est-ce qui n’a pas été ?", en="What went wrong?"),
    choices=(Choice(Words("horaire", "time"), "time"), Choice(Words("accueil", "welcome"), "welcome")),
)


def with_motive(item: Item) -> Questionnaire:
    return structs.replace(DEFAULT, items=(*DEFAULT.items, item))


def low_mark(questionnaire: Questionnaire) -> Heard:
    return hear(start(questionnaire, FACTS), "1")


def test_a_motive_asked_elsewhere_is_asked_by_sms_after_a_low_mark():
    heard = low_mark(with_motive(OWN))
    assert [(effect.act, effect.item) for effect in heard.effects][1:] == [(Act.BRANCH, "motif")]
    assert template_of(heard) == "low_mark"
    assert hear(left(heard.state), "2").effects[0].answers == {"motif": "welcome"}
    assert hear(start(with_motive(OWN), FACTS), "5").effects[1:] == ()


def test_a_motive_that_no_digit_answers_leaves_its_name_and_the_usual_one_is_asked():
    written = Item(alias="motif", kind=Kind.TEXT, label=OWN.label)
    heard = low_mark(with_motive(written))
    assert [(effect.act, effect.item) for effect in heard.effects][1:] == [(Act.BRANCH, "motif_sms")]
    assert template_of(heard) == "low_mark"
    assert hear(left(heard.state), "2").effects[0].answers == {"motif_sms": "not_done"}


def test_a_questionnaire_without_motive_gets_the_usual_one_whatever_its_first_question_is_called():
    first = structs.replace(DEFAULT.items[0], alias="note")
    bare = structs.replace(DEFAULT, items=(first,))
    assert low_mark(bare).effects[1].item == "motif"


def test_thanks_after_an_answer_ask_for_nobody_and_a_greeting_before_it_does() -> None:
    answered = hear(asked(), "5").state
    assert acts(hear(answered, "Merci, bonne journée !")) == []
    assert acts(hear(answered, "Merci de m’appeler")) == ["person"]
    assert acts(hear(answered, "👍")) == ["person"]
    assert acts(hear(asked(), "Bonjour")) == ["person"]
