"""A questionnaire by e-mail and by SMS: the first message, then a conversation where each mark is low."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from surveys.authoring.previews.about import About
from surveys.dispatch.question import first_of
from surveys.dispatch.replies import template_of
from surveys.dispatch.text import Email, render_email, render_sms
from surveys.questionnaire import coding
from surveys.questionnaire.coding import OUTSIDE
from surveys.questionnaire.definition import Item
from surveys.respond.dialogue import SMS, Act, Heard, hear, left, start

MOST_TURNS = 12


@dataclass(frozen=True, slots=True)
class Bubble:
    """One SMS of a conversation, of the platform or of the client."""

    text: str
    is_client: bool = False


def email(about: About) -> Email:
    """Write the first e-mail, which asks the first question by links."""
    facts = about.facts(is_sms=False)
    item = first_of(about.questionnaire, about.visit, "email")
    return render_email(about.template("opening_email"), replace(facts, item=item))


def conversation(about: About) -> tuple[Bubble, ...]:
    """Hold the conversation of somebody who gives the first answer to each question."""
    return tuple(_turns(about))


def _turns(about: About) -> Iterator[Bubble]:
    first = first_of(about.questionnaire, about.visit, SMS)
    yield _sms(about, "opening", first)
    state = start(about.questionnaire, about.visit)
    for _turn in range(MOST_TURNS):
        digit = _first_digit(state.questionnaire.item(state.awaited)) if state.awaited else ""
        if not digit:
            return
        yield Bubble(digit, is_client=True)
        heard = hear(state, digit)
        item = _following(heard)
        if item is None:
            return
        yield _sms(about, template_of(heard), item)
        state = left(heard.state)


def _first_digit(item: Item) -> str:
    offered = (each.digit for each in coding.options(item, SMS) if each.value not in OUTSIDE)
    return next((digit for digit in offered if digit), "")


def _following(heard: Heard) -> Item | None:
    effect = heard.does(Act.BRANCH) or heard.does(Act.ASK)
    return heard.state.questionnaire.item(effect.item) if effect else None


def _sms(about: About, name: str, item: Item) -> Bubble:
    return Bubble(render_sms(about.template(name), replace(about.facts(is_sms=True), item=item)))
