"""The rules that bind a questionnaire's fields together."""

import msgspec
import pytest

from surveys.questionnaire.checking import findings
from surveys.questionnaire.definition import (
    PIPED,
    SCALE,
    Channel,
    Choice,
    Feed,
    Item,
    Kind,
    Questionnaire,
    Rule,
    Variant,
    Variants,
    Words,
)
from surveys.questionnaire.reading import library

HOW = Words(fr="Comment ?", en="How?")
FIRST = Item(alias="globale", kind=Kind.RATING, label=HOW, core=True)
MARKS = tuple(Choice(Words(fr=words.fr, en=words.en)) for words in SCALE)
YES_IS = Feed(indicator="RECO", version=1, rule=Rule.YES, value="un")
GLOB = Feed(indicator="GLOB", version=1, rule=Rule.TOP2)


def of(*items):
    return Questionnaire("essai", 1, Words(fr="Essai", en="Trial"), items)


def paths(questionnaire):
    return [finding.path for finding in findings(questionnaire)]


def test_a_sound_questionnaire_has_no_finding():
    assert paths(of(FIRST)) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": Kind.TEXT, "choices": MARKS}, "choices"),
        ({"kind": Kind.RATING, "choices": MARKS[:4]}, "choices"),
        ({"kind": Kind.YES_NO, "signal": True}, "signal"),
        ({"kind": Kind.RATING, "callback": True}, "callback"),
        ({"kind": Kind.TEXT, "dont_know": True}, "dont_know"),
        ({"kind": Kind.YES_NO, "measures": (GLOB,)}, "measures"),
        ({"kind": Kind.TEXT, "measures": (GLOB,)}, "measures"),
        ({"kind": Kind.RATING, "measures": (GLOB, GLOB)}, "measures"),
    ],
)
def test_a_field_that_does_not_suit_its_kind_is_found(change, field):
    second = msgspec.structs.replace(FIRST, alias="suite", **change)
    assert paths(of(FIRST, second)) == [("items", 1, field)]


ONE, TWO = Choice(Words(fr="Un"), "un"), Choice(Words(fr="Deux"), "deux")
MANY = tuple(Choice(Words(fr=f"{n}"), f"v{n}") for n in range(21))
MOTIVE = Item(alias="motif", kind=Kind.SINGLE, label=HOW, choices=(ONE, TWO))
ALL_DONE = Feed(indicator="FAIT", version=1, rule=Rule.IS, value="un")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"choices": (ONE,)}, "choices"),
        ({"choices": ()}, "choices"),
        ({"choices": MANY}, "choices"),
        ({"choices": (ONE, Choice(HOW))}, "choices"),
        ({"choices": (ONE, Choice(Words(fr="Encore"), "un"))}, "choices"),
        ({"choices": (ONE, Choice(Words(fr="un"), "autre"))}, "choices"),
        ({"choices": (ONE, Choice(Words(fr="Autre", en="Un"), "autre"))}, "choices"),
        ({"choices": (ONE, Choice(HOW, "nsp"))}, "choices"),
        ({"choices": (ONE, Choice(HOW, "so"))}, "choices"),
        ({"choices": (ONE, Choice(HOW, "rien", exclusive=True))}, "choices"),
        ({"kind": Kind.NUMBER}, "choices"),
        ({"kind": Kind.TEXT, "choices": (), "not_applicable": True}, "not_applicable"),
        ({"decimals": True}, "decimals"),
        ({"measures": (msgspec.structs.replace(ALL_DONE, value="trois"),)}, "measures"),
        ({"measures": (msgspec.structs.replace(ALL_DONE, value=None),)}, "measures"),
        ({"kind": Kind.MULTIPLE, "measures": (ALL_DONE,)}, "measures"),
        ({"kind": Kind.YES_NO, "choices": (), "measures": (YES_IS,)}, "measures"),
        ({"alias": "mode"}, "alias"),
        ({"constraint_message": HOW}, "constraint_message"),
        ({"channels": (Channel.WEB, Channel.WEB)}, "channels"),
        ({"kind": Kind.SCALE, "choices": (), "channels": (Channel.SMS,)}, "channels"),
        ({"kind": Kind.MULTIPLE, "channels": (Channel.VOICE,)}, "channels"),
        (
            {
                "choices": tuple(Choice(Words(fr=f"{n}"), f"v{n}") for n in range(9)),
                "channels": (Channel.SMS,),
            },
            "channels",
        ),
    ],
)
def test_a_choice_that_cannot_be_asked_is_found(change, field):
    assert paths(of(FIRST, msgspec.structs.replace(MOTIVE, **change))) == [("items", 1, field)]


@pytest.mark.parametrize(
    "change",
    [
        {"measures": (ALL_DONE,)},
        {"kind": Kind.MULTIPLE, "choices": (ONE, Choice(HOW, "rien", exclusive=True))},
        {"kind": Kind.NUMBER, "choices": (), "decimals": True, "not_applicable": True},
        {"kind": Kind.DATE, "choices": ()},
        {"kind": Kind.SCALE, "choices": (), "dont_know": True},
        {"channels": tuple(Channel)},
    ],
)
def test_every_kind_can_be_asked(change):
    assert paths(of(FIRST, msgspec.structs.replace(MOTIVE, **change))) == []


def test_a_question_is_asked_at_leisure_and_the_first_one_everywhere():
    questionnaire = of(FIRST, MOTIVE, msgspec.structs.replace(MOTIVE, alias="sms", channels=(Channel.SMS,)))
    asked = {
        channel: [item.alias for item in questionnaire.asked_on(channel)]
        for channel in ("web", "email", "phone", "paper", "sms", "voice")
    }
    leisure = ["globale", "motif"]
    assert asked == {
        "web": leisure,
        "email": leisure,
        "phone": leisure,
        "paper": leisure,
        "sms": ["globale", "sms"],
        "voice": ["globale"],
    }


def test_the_first_question_on_a_scale_is_asked_without_keys():
    scale = msgspec.structs.replace(FIRST, kind=Kind.SCALE)
    assert paths(of(scale)) == []
    assert of(scale).asked_on("sms") == ()


def test_a_fifth_question_by_voice_is_found():
    spoken = [msgspec.structs.replace(MOTIVE, alias=f"m{n}", channels=(Channel.VOICE,)) for n in range(4)]
    assert paths(of(FIRST, *spoken)) == [("items", 4, "channels")]


@pytest.mark.parametrize("languages", [("en",), ("fr", "fr")])
def test_french_is_one_of_the_languages_named_once(languages):
    german = msgspec.structs.replace(of(FIRST), languages=languages)
    assert ("languages",) in paths(german)


def test_a_language_that_is_not_declared_is_found():
    item = msgspec.structs.replace(FIRST, label=Words(fr="Quoi ?", ar="كيف؟"))
    assert paths(of(item)) == [("items", 0, "label", "ar")]
    assert paths(msgspec.structs.replace(of(item), languages=("fr", "en", "ar"))) == []


def test_the_first_question_is_asked_of_everybody():
    assert paths(of(msgspec.structs.replace(FIRST, relevant="${mode} = 'mandataire'"))) == [
        ("items", 0, "relevant")
    ]


@pytest.mark.parametrize("channels", [("phone",), ("sms", "paper"), ("web",), ("web", "voice"), ()])
def test_the_first_question_is_asked_on_the_web_where_links_and_codes_lead(channels):
    item = msgspec.structs.replace(FIRST, channels=tuple(map(Channel, channels)))
    is_refused = ("items", 0, "channels") in paths(of(item))
    assert is_refused == bool(channels and "web" not in channels)


@pytest.mark.parametrize("change", [{"kind": Kind.TEXT}, {"core": False}])
def test_the_first_question_is_closed_and_counts(change):
    assert paths(of(msgspec.structs.replace(FIRST, **change))) == [("items", 0, "kind")]


def test_an_alias_serves_one_question():
    assert paths(of(FIRST, FIRST)) == [("items", 0, "alias"), ("items", 1, "alias")]


def test_an_unknown_fact_is_found_in_every_text():
    wrong = Words(fr="{salaire}", en="{salary}")
    everywhere = msgspec.structs.replace(
        FIRST,
        hint=wrong,
        choices=(Choice(wrong), *MARKS[1:]),
        variants=Variants(mandataire=Variant(say=wrong)),
    )
    assert paths(of(everywhere)) == [
        ("items", 0, *path, language)
        for path in [("hint",), ("choices", 0, "label"), ("variants", "mandataire", "say")]
        for language in ("fr", "en")
    ]


def test_every_fact_of_a_visit_may_be_piped():
    text = " ".join(f"{{{name}}}" for name in sorted(PIPED))
    assert paths(of(msgspec.structs.replace(FIRST, label=Words(fr=text, en=text)))) == []


def test_an_item_is_found_by_its_alias():
    assert of(FIRST).item("globale") is FIRST
    with pytest.raises(KeyError):
        of(FIRST).item("absente")


def test_words_are_english_only_for_an_english_reader():
    assert [HOW.of(language) for language in ("fr", "en", "pt")] == ["Comment ?", "How?", "Comment ?"]


def test_the_default_questionnaire_feeds_five_indicators():
    assert library("default").feeds == {("GLOB", 1), ("PONCT", 1), ("QUAL", 1), ("RESP", 1), ("RECO", 1)}
