"""What the SMS that asks a question costs, while its words are written."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from starlette.requests import Request

from quality.access.scope import scoped
from quality.web.languages import counted
from quality.web.languages import gettext as _
from quality.web.session import signed_in
from surveys.authoring.told import LANGUAGE_NAMES
from surveys.channels.gsm7 import SmsCount, transliterate
from surveys.dispatch.question import ShortFacts
from surveys.dispatch.text import MessageFacts, Template, sms_facts
from surveys.messages.counting import cost
from surveys.messages.longest import Language, Longest, longest
from surveys.messages.meter import WORDS, Meter, Within, letters_words, meter, whole
from surveys.messages.store import LANGUAGES, used
from surveys.questionnaire.definition import Channel, Item, Questionnaire

FIELD = "words.sms.label"


@dataclass(frozen=True, slots=True)
class Measured:
    """What the SMS of a question costs: the French while it is typed, each language as it is kept.

    `languages` are sentences, () where the question is asked in French alone.
    """

    meter: Meter
    languages: tuple[str, ...]


async def measured(request: Request, questionnaire: Questionnaire, item: Item) -> Measured | None:
    """Count the SMS of a question at the longest names; nothing where no SMS asks it."""
    if Channel.SMS not in questionnaire.channels_of(item):
        return None
    actor = signed_in(request)
    name = "opening" if item is questionnaire.items[0] else "next_question"
    async with scoped(actor) as db:
        most = await longest(db, actor, request.app.state.house.settings.base_url)
        messages = {
            language: await used(db, actor.platform, name, language)
            for language in LANGUAGES
            if language in questionnaire.languages
        }
    written = {language: _written(item, words, most) for language, words in messages.items()}
    costs = {language: each.cost for language, each in written.items()}
    french = written["fr"]
    return Measured(meter(FIELD, french.text, french.cases, french.within), told(costs))


def told(costs: Mapping[Language, SmsCount]) -> tuple[str, ...]:
    """Say what each language costs and which is the longest, where there are several.

    >>> from surveys.channels.gsm7 import count
    >>> told({"fr": count("oui"), "en": count("certainly")})[1].replace(chr(160), " ")
    'Anglais : 9 caractères, 1 SMS par personne. C’est le message le plus long.'
    """
    if len(costs) < len(LANGUAGES):
        return ()
    most = max(costs, key=lambda language: (costs[language].segments, costs[language].units))
    return tuple(_line(language, each, is_most=language == most) for language, each in costs.items())


def _line(language: Language, found: SmsCount, *, is_most: bool) -> str:
    line = _("{language}\u00a0: {letters}, {cost}.").format(
        language=_(LANGUAGE_NAMES[language]),
        letters=letters_words(found.units),
        cost=counted(_(WORDS["cost"]), found.segments),
    )
    return f"{line} {_('C’est le message le plus long.')}" if is_most else line


@dataclass(frozen=True, slots=True)
class _Written:
    """The words of a question by SMS in one language, the message around them, and what it names."""

    text: str
    within: Within
    cases: tuple[Mapping[str, str], ...]

    @property
    def cost(self) -> SmsCount:
        return cost(whole(self.text, self.within), self.cases).count


def _written(item: Item, words: Template, most: Longest) -> _Written:
    own = item.words.of("sms").label
    return _Written(
        own.of(words.language) if own else "",
        Within(words.text, item.label.of(words.language)),
        tuple(_cases(words, most.about(words.name, words.language, item))),
    )


def _cases(words: Template, samples: Iterable[MessageFacts]) -> Iterator[Mapping[str, str]]:
    """Give what the message and the question name, for each of those it may be for."""
    for sample in samples:
        piped = sample.facts(ShortFacts).piped(words.language)
        yield sms_facts(words, sample) | {name: transliterate(value) for name, value in piped.items()}
