"""Which questions are asked: those of the channel whose condition holds, in the order of the definition.

A condition looks at the answers that are still relevant themselves: what was answered to a question that no
longer is counts for nothing. It never looks at the day of today, so that figures computed later are the same.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache

from surveys.questionnaire.coding import OUTSIDE, Answer
from surveys.questionnaire.definition import Item, Kind, Questionnaire
from surveys.questionnaire.expression import Value, Values, evaluate, parse
from surveys.questionnaire.facts import NAMES, Facts
from surveys.questionnaire.subjects import names

Answers = Mapping[str, Answer]


def path(
    questionnaire: Questionnaire, answers: Answers, facts: Facts, channel: str = "web"
) -> tuple[Item, ...]:
    """List the questions of a channel that are asked, given what was answered so far."""
    asked = questionnaire.asked_on(channel)
    if not _is_conditional(questionnaire):
        return asked
    aliases = {item.alias for item in asked}
    return tuple(item for item in relevant(questionnaire, answers, facts) if item.alias in aliases)


def next_item(
    questionnaire: Questionnaire,
    answers: Answers,
    facts: Facts,
    channel: str = "web",
    *,
    after: str | None = None,
) -> Item | None:
    """Give the question that follows one on the path; without one, the first that was not passed yet."""
    asked = path(questionnaire, answers, facts, channel)
    if after is None:
        return next((item for item in asked if item.alias not in answers), None)
    later = _aliases(questionnaire)
    later = later[later.index(after) + 1 :]
    return next((item for item in asked if item.alias in later), None)


def previous_item(
    questionnaire: Questionnaire, answers: Answers, facts: Facts, channel: str = "web", *, before: str
) -> Item | None:
    """Give the question that comes before one on the path."""
    earlier = _aliases(questionnaire)
    earlier = earlier[: earlier.index(before)]
    asked = path(questionnaire, answers, facts, channel)
    return next((item for item in reversed(asked) if item.alias in earlier), None)


def position(
    questionnaire: Questionnaire, answers: Answers, facts: Facts, channel: str = "web", *, alias: str
) -> tuple[int, int | None]:
    """Give the rank of a question on its path, and their number where no answer can change it.

    KeyError when the question is not on the path.
    """
    asked = [item.alias for item in path(questionnaire, answers, facts, channel)]
    if alias not in asked:
        raise KeyError(alias)
    return asked.index(alias) + 1, len(asked) if _is_certain(questionnaire, channel) else None


def relevant(questionnaire: Questionnaire, answers: Answers, facts: Facts) -> tuple[Item, ...]:
    """List the questions whose condition holds, whatever the channel."""
    if not _is_conditional(questionnaire):
        return questionnaire.items
    return tuple(item for item, _ in _walk(questionnaire, answers, facts))


def kept(questionnaire: Questionnaire, answers: Answers, facts: Facts) -> dict[str, Answer]:
    """Keep the answers to questions that are still relevant; what no question asks is left out."""
    return {
        item.alias: answers[item.alias]
        for item in relevant(questionnaire, answers, facts)
        if item.alias in answers
    }


def allows(questionnaire: Questionnaire, item: Item, answer: Answer, answers: Answers, facts: Facts) -> bool:
    """Tell whether an answer meets the constraint of its question; « ne sait pas » always does."""
    this = value_of(item, answer)
    if item.constraint is None or this is None or answer == "":
        return True
    known: Values = next(
        (values for each, values in _walk(questionnaire, answers, facts) if each.alias == item.alias),
        _facts(facts),
    )
    return evaluate(parse(item.constraint), known, this)


def value_of(item: Item, answer: Answer) -> Value:
    """Give an answer as conditions compare it; None where nothing can be compared."""
    if item.kind is Kind.TEXT:
        return answer
    if isinstance(answer, str) and answer in OUTSIDE:
        return None
    return date.fromisoformat(answer) if item.kind is Kind.DATE and isinstance(answer, str) else answer


def _walk(
    questionnaire: Questionnaire, answers: Answers, facts: Facts
) -> Iterator[tuple[Item, dict[str, Value]]]:
    """Go through the questions that are relevant, each with what is known before it."""
    known = _facts(facts)
    today = known.pop("today", None)
    for item in questionnaire.items:
        if item.relevant is not None and not evaluate(parse(item.relevant), known):
            continue
        yield item, known if today is None else {**known, "today": today}
        answer = answers.get(item.alias, "")
        if answer != "":
            known[item.alias] = value_of(item, answer)


def _facts(facts: Facts) -> dict[str, Value]:
    return dict(facts.values())


@lru_cache(maxsize=1_000)
def _is_conditional(questionnaire: Questionnaire) -> bool:
    return any(item.relevant is not None for item in questionnaire.items)


@lru_cache(maxsize=1_000)
def _is_certain(questionnaire: Questionnaire, channel: str) -> bool:
    """Tell whether no answer can change how many questions a channel asks."""
    return all(_is_settled(item) for item in questionnaire.asked_on(channel))


def _is_settled(item: Item) -> bool:
    return item.relevant is None or names(parse(item.relevant)) <= NAMES


def _aliases(questionnaire: Questionnaire) -> list[str]:
    return [item.alias for item in questionnaire.items]
