"""What a new version would break: an alias is a series for ever, and a series is comparable or it is none.

Words are free; the question, what may be answered and what counts as favourable are not. A series may end
(its question is removed) and another may begin under another alias.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import structs

from quality.french import french
from surveys.questionnaire import coding
from surveys.questionnaire.conditions import Finding
from surveys.questionnaire.definition import LANGUAGES, Feed, Item, Kind, Questionnaire, Rule, Words
from surveys.questionnaire.expression import ExpressionRefused, parse


def breaks(past: Sequence[Questionnaire], new: Questionnaire) -> tuple[Finding, ...]:
    """List what a new version would break in the series of those published before, in any order."""
    former = sorted((each for each in past if each.code == new.code), key=lambda each: each.version)
    if not former:
        return ()
    return (*_broken_items(former, new), *_broken_feeds(former, new))


def unknown_measures(questionnaire: Questionnaire, known: Iterable[str]) -> tuple[Finding, ...]:
    """List the series fed by a question that no catalogue defines; `known` names them, such as "GLOB:1"."""
    catalogue = frozenset(known)
    return tuple(
        Finding(
            ("items", number, "measures", rank, "indicator"),
            french("aucune réponse n’alimente {indicator}, version {version}"),
            {"indicator": feed.indicator, "version": feed.version},
        )
        for number, item in enumerate(questionnaire.items)
        for rank, feed in enumerate(item.measures)
        if feed.series not in catalogue
    )


def _broken_items(former: Sequence[Questionnaire], new: Questionnaire) -> Iterator[Finding]:
    for number, item in enumerate(new.items):
        before = [each for version in former for each in version.items if each.alias == item.alias]
        if not before:
            continue
        for field, message in _differences(before, item):
            yield Finding(("items", number, field), message, {"alias": item.alias})


def _differences(before: Sequence[Item], item: Item) -> Iterator[tuple[str, str]]:
    """Compare an item with all that its alias ever was, the last one for what may have changed since."""
    if any(each.kind is not item.kind for each in before):
        yield (
            "kind",
            french("« {alias} » était une question d’un autre genre : donnez un autre nom à celle-ci"),
        )
        return
    last = before[-1]
    if item.kind in {Kind.SINGLE, Kind.MULTIPLE} and _values(last) != _values(item):
        yield (
            "choices",
            (
                french(
                    "les réponses à choisir de « {alias} » ne changent pas, leurs mots seulement : "
                    "donnez un autre nom à cette question"
                )
            ),
        )
    if not (last.measures or item.measures):
        return
    if item.kind is Kind.RATING and _changes_words(_scale(last), _scale(item)):
        yield (
            "choices",
            french("les mots de l’échelle de « {alias} » ne changent pas : elle alimente un indicateur"),
        )
    if not _is_same_condition(last.relevant, item.relevant):
        yield (
            "relevant",
            french("« {alias} » alimente un indicateur : on la pose aux mêmes personnes qu’avant"),
        )


def _values(item: Item) -> frozenset[tuple[str, bool]]:
    return frozenset((option.value, option.exclusive) for option in coding.choices(item))


def _scale(item: Item) -> tuple[Words, ...]:
    return tuple(option.words for option in coding.choices(item))


def _changes_words(before: Sequence[Words], after: Sequence[Words]) -> bool:
    """Tell whether a scale says something else, in a language that both have; a language may be added."""
    return any(
        _bare(one.in_(language)) != _bare(other.in_(language))
        for one, other in zip(before, after, strict=True)
        for language in LANGUAGES
        if one.in_(language) and other.in_(language)
    )


def _bare(words: str | None) -> str:
    """Forget what typography changes: a capital, a space, an apostrophe."""
    return "".join(letter for letter in (words or "").casefold() if letter.isalnum())


def _is_same_condition(before: str | None, after: str | None) -> bool:
    if before is None or after is None:
        return before == after
    try:
        return parse(before) == parse(after)
    except ExpressionRefused:
        return before == after


def _broken_feeds(former: Sequence[Questionnaire], new: Questionnaire) -> Iterator[Finding]:
    """What fed a series when it was last fed stays: the same questions, the same rule, or a newer version.

    A version that no longer fed it changes nothing: what comes back is the same question, or another series.
    """
    before = {series: feeders for each in former for series, feeders in _feeders(each).items()}
    after = _feeders(new)
    numbers = {item.alias: number for number, item in enumerate(new.items)}
    for series, feeders in before.items():
        for alias in sorted(after.get(series, {}).keys() - feeders.keys()):
            yield Finding(
                ("items", numbers[alias], "measures"),
                french(
                    "{indicator} (version {version}) est alimenté par « {names} » : "
                    "une autre question en changerait la suite"
                ),
                {**_named(series), "names": ", ".join(sorted(feeders))},
            )
        for alias, feed in feeders.items():
            if alias in numbers and not _goes_on(feed, new.items[numbers[alias]]):
                yield Finding(
                    ("items", numbers[alias], "measures"),
                    french(
                        "« {alias} » alimente {indicator} (version {version}), "
                        "par la même règle, tant qu’elle est posée"
                    ),
                    {**_named(series), "alias": alias},
                )


def _feeders(questionnaire: Questionnaire) -> dict[str, dict[str, Feed]]:
    found: dict[str, dict[str, Feed]] = {}
    for item in questionnaire.items:
        for feed in item.measures:
            found.setdefault(feed.series, {})[item.alias] = feed
    return found


def _goes_on(feed: Feed, item: Item) -> bool:
    """Tell whether an item still feeds a series as it did, or a newer version of the same indicator.

    `scale` counts as favourable what `top2` does, and keeps more: the series goes on.
    """
    told_more = structs.replace(feed, rule=Rule.SCALE) if feed.rule is Rule.TOP2 else feed
    return any(
        each in (feed, told_more) or (each.indicator == feed.indicator and each.version > feed.version)
        for each in item.measures
    )


def _named(series: str) -> dict[str, str]:
    indicator, _, version = series.partition(":")
    return {"indicator": indicator, "version": version}
