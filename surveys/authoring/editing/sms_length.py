"""What the SMS that asks a question costs, while its words are written."""

from collections.abc import Iterable, Iterator, Mapping

from starlette.requests import Request

from quality.access.scope import scoped
from quality.web.session import signed_in
from surveys.channels.gsm7 import transliterate
from surveys.dispatch.question import ShortFacts
from surveys.dispatch.text import MessageFacts, Template, sms_facts
from surveys.messages.longest import longest
from surveys.messages.meter import Meter, Within, meter
from surveys.messages.store import used
from surveys.questionnaire.definition import Channel, Item, Questionnaire

FIELD = "words.sms.label"


async def measured(request: Request, questionnaire: Questionnaire, item: Item) -> Meter | None:
    """Count the SMS of a question at the longest names, in French; nothing where no SMS asks it."""
    if Channel.SMS not in questionnaire.channels_of(item):
        return None
    actor = signed_in(request)
    name = "opening" if item is questionnaire.items[0] else "next_question"
    async with scoped(actor) as db:
        most = await longest(db, actor, request.app.state.house.settings.base_url)
        words = await used(db, actor.platform, name, "fr")
    own = item.words.of("sms").label
    cases = tuple(_cases(words, most.about(name, "fr", item)))
    return meter(FIELD, own.fr if own else "", cases, Within(words.text, item.label.fr))


def _cases(words: Template, samples: Iterable[MessageFacts]) -> Iterator[Mapping[str, str]]:
    """Give what the message and the question name, for each of those it may be for."""
    for sample in samples:
        piped = sample.facts(ShortFacts).piped("fr")
        yield sms_facts(words, sample) | {name: transliterate(value) for name, value in piped.items()}
