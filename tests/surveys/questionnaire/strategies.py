"""Any valid definition, any answers to it and any visit, for tests of every channel."""

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import strategies as st
from msgspec import structs

from surveys.questionnaire import coding
from surveys.questionnaire.definition import (
    Channel,
    ChannelWords,
    Choice,
    Feed,
    Item,
    Kind,
    PerChannel,
    Questionnaire,
    Rule,
    Variant,
    Variants,
    Words,
    fits_a_key,
)
from surveys.questionnaire.expression import (
    EQUALITY,
    SIGNS,
    Answered,
    Both,
    Compare,
    Either,
    Literal,
    Name,
    Not,
    Selected,
    This,
    written,
)
from surveys.questionnaire.facts import Facts

NUMBERS = frozenset({Kind.RATING, Kind.SCALE, Kind.NUMBER})
LETTERS = "abcdefghij"
MODES = ("prestataire", "mandataire", "mise_a_disposition")
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
WHOLE = st.integers(-20, 20)
DECIMAL = st.integers(-2_000, 2_000).map(lambda n: n / 100).map(lambda x: int(x) if x == int(x) else x)
TEXTS = st.text("abé'’ .{", min_size=1, max_size=12).map(str.strip).filter(bool)
_SENTENCES = st.text("abcdeé ", min_size=1, max_size=20).map(lambda text: f"Q {text.strip()}")


@st.composite
def any_words(draw: st.DrawFn, text: st.SearchStrategy[str] = _SENTENCES) -> Words:
    fr = draw(text)
    return Words(fr=fr, en=draw(st.none() | text))


def several_words(count: int) -> st.SearchStrategy[list[Words]]:
    """Draw words of which no two read alike, in French nor in what stands for English."""
    alike = (lambda words: words.fr.casefold(), lambda words: words.of("en").casefold())
    return st.lists(any_words(), min_size=count, max_size=count, unique_by=alike)


@st.composite
def any_choices(draw: st.DrawFn, kind: Kind, most: int = 10) -> tuple[Choice, ...]:
    if kind is Kind.RATING:
        return draw(st.just(()) | several_words(5).map(lambda words: tuple(map(Choice, words))))
    if kind not in {Kind.SINGLE, Kind.MULTIPLE}:
        return ()
    count = draw(st.integers(2, most))
    values = draw(st.permutations([f"{letter}{n}" for n, letter in enumerate(LETTERS)]))[:count]
    last_excludes = kind is Kind.MULTIPLE and draw(st.booleans())
    return tuple(
        Choice(words, value, last_excludes and rank == count - 1)
        for rank, (words, value) in enumerate(zip(draw(several_words(count)), values, strict=True))
    )


@st.composite
def any_feeds(draw: st.DrawFn, kind: Kind, choices: Sequence[Choice]) -> tuple[Feed, ...]:
    rule = {Kind.RATING: Rule.TOP2, Kind.YES_NO: Rule.YES, Kind.SINGLE: Rule.IS, Kind.SCALE: Rule.MARK}.get(
        kind
    )
    if rule is None or draw(st.booleans()):
        return ()
    value = draw(st.sampled_from([choice.value for choice in choices])) if rule is Rule.IS else None
    return (Feed(draw(st.sampled_from(["GLOB", "PONCT", "QUAL"])), 1, rule, value),)


@st.composite
def any_item(draw: st.DrawFn, number: int, earlier: Questionnaire | None) -> Item:
    """Draw a question that may follow those of `earlier`, or the first one."""
    kinds = list(Kind) if earlier else [Kind.RATING, Kind.YES_NO, Kind.SINGLE, Kind.SCALE]
    kind = draw(st.sampled_from(kinds))
    choices = draw(any_choices(kind, most=10 if earlier else 5))
    bare = Item(
        alias=f"q{number}",
        kind=kind,
        label=draw(any_words()),
        hint=draw(st.none() | any_words()),
        choices=choices,
        dont_know=kind is not Kind.TEXT and draw(st.booleans()),
        not_applicable=kind is not Kind.TEXT and draw(st.booleans()),
        decimals=kind is Kind.NUMBER and draw(st.booleans()),
        core=earlier is None or draw(st.booleans()),
        signal=kind is Kind.RATING and draw(st.booleans()),
        callback=kind is Kind.YES_NO and draw(st.booleans()),
        measures=draw(any_feeds(kind, choices)),
        words=PerChannel(sms=draw(st.none() | any_words().map(ChannelWords))),
        variants=Variants(relative=draw(st.none() | any_words().map(Variant))),
    )
    return _with_channels(draw, bare, earlier)


def _with_channels(draw: st.DrawFn, bare: Item, earlier: Questionnaire | None) -> Item:
    offered = set(Channel)
    if not fits_a_key(bare):
        offered -= {Channel.SMS, Channel.VOICE}
    if earlier and len(earlier.asked_on("voice")) >= 4:
        offered -= {Channel.VOICE}
    chosen = draw(st.just([]) | st.lists(st.sampled_from(sorted(offered)), unique=True))
    if chosen and earlier is None:
        chosen = list({*chosen, Channel.WEB})
    return structs.replace(bare, channels=tuple(chosen))


@st.composite
def any_comparison(draw: st.DrawFn, subject: Name | This, item: Item) -> object:
    """Draw a comparison that suits the kind of the question it is about."""
    if item.kind in {Kind.SINGLE, Kind.MULTIPLE, Kind.YES_NO}:
        value = draw(st.sampled_from([option.value for option in coding.choices(item)]))
        if item.kind is Kind.MULTIPLE or draw(st.booleans()):
            return Selected(subject, value)
        return _compare(draw, subject, Literal(value), EQUALITY)
    if item.kind is Kind.TEXT:
        return _compare(draw, subject, Literal(draw(TEXTS)), EQUALITY)
    if item.kind is Kind.DATE:
        return _compare(draw, subject, draw(DAYS.map(Literal) | st.just(Name("visit_date"))), SIGNS)
    return _compare(draw, subject, Literal(draw(WHOLE | DECIMAL)), SIGNS)


def _compare(draw: st.DrawFn, left: object, right: object, signs: object) -> object:
    sign = draw(st.sampled_from(sorted(signs)))  # type: ignore[call-overload]
    return Compare(*((left, sign, right) if draw(st.booleans()) else (right, sign, left)))


@st.composite
def any_atom(draw: st.DrawFn, items: Sequence[Item]) -> object:
    """Draw one condition about a question that was asked before, or about the visit."""
    about = draw(st.sampled_from([*items, None]))
    if about is None:
        fact, value = draw(
            st.sampled_from([("mode", "mandataire"), ("audience", "relative"), ("activity", "I-3")])
        )
        return _compare(draw, Name(fact), Literal(value), EQUALITY)
    if draw(st.integers(0, 4)) == 0:
        return Answered(Name(about.alias))
    others = [each for each in items if each.kind in NUMBERS]
    if about.kind in NUMBERS and draw(st.booleans()):
        return _compare(draw, Name(about.alias), Name(draw(st.sampled_from(others)).alias), SIGNS)
    return draw(any_comparison(Name(about.alias), about))


def any_expression(items: Sequence[Item]) -> st.SearchStrategy:
    return st.recursive(
        any_atom(items),
        lambda inner: (
            inner.map(Not)
            | st.lists(inner, min_size=2, max_size=3).map(tuple).map(Both)
            | st.lists(inner, min_size=2, max_size=3).map(tuple).map(Either)
        ),
        max_leaves=5,
    )


@st.composite
def any_definition(draw: st.DrawFn, most: int = 6) -> Questionnaire:
    """Draw a definition without any finding."""
    found = Questionnaire("essai", 1, draw(any_words()), (draw(any_item(1, None)),))
    for number in range(2, draw(st.integers(1, most)) + 1):
        item = draw(any_item(number, found))
        grown = structs.replace(found, items=(*found.items, item))
        asked = grown.channels_of(item)
        about = [each for each in found.items if asked <= found.channels_of(each)]
        if about and draw(st.booleans()):
            item = structs.replace(item, relevant=written(draw(any_expression(about))))
        if item.kind in {*NUMBERS, Kind.DATE} and draw(st.booleans()):
            item = structs.replace(item, constraint=written(draw(any_comparison(This(), item))))
        found = structs.replace(grown, items=(*found.items, item))
    return found


@st.composite
def any_answer(draw: st.DrawFn, item: Item) -> object:
    """Draw an answer as it is stored."""
    outside = [option.value for option in coding.outside(item)]
    if outside and draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(outside))
    if item.kind is Kind.TEXT:
        return draw(TEXTS | st.just("") | st.just("nsp"))
    if item.kind is Kind.NUMBER:
        return draw(DECIMAL if item.decimals else WHOLE)
    if item.kind is Kind.DATE:
        return draw(DAYS).isoformat()
    options = coding.choices(item)
    if item.kind is not Kind.MULTIPLE:
        return coding.stored(item, draw(st.sampled_from([option.value for option in options])))
    chosen = draw(
        st.sets(st.sampled_from([each.value for each in options if not each.exclusive]), min_size=1)
    )
    return [option.value for option in options if option.value in chosen]


@st.composite
def any_answers(draw: st.DrawFn, questionnaire: Questionnaire) -> dict[str, object]:
    """Draw what was answered so far: any questions, asked or not any more."""
    answered = draw(st.lists(st.sampled_from(questionnaire.items), unique_by=lambda item: item.alias))
    return {item.alias: draw(any_answer(item)) for item in answered}


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    day = draw(DAYS)
    return Facts(
        organisation=draw(st.sampled_from(["Aide 34", "L’Écoute & Co"])),
        day=day,
        activity=draw(st.sampled_from(["I-3", "II-1"])),
        mode=draw(st.sampled_from(MODES)),
        audience=draw(st.sampled_from(["client", "relative"])),
        departement="34",
        today=draw(st.none() | st.integers(0, 9).map(lambda n: day + timedelta(days=n))),
    )
