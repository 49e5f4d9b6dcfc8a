"""The longest that a message can become: the longest real names, days and questions of a platform."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from quality import clock
from quality.access.actor import Actor
from quality.db import Connection, fetch, fetch_one
from quality.french import french
from quality.web.languages import gettext as _
from quality.web.platform import PARIS
from surveys.channels.gsm7 import count, sms_name
from surveys.dispatch.question import OF_MOTIVE, first_of
from surveys.dispatch.text import FOLLOW_UPS, MessageFacts, Template, sms_facts
from surveys.dispatch.writing import Sender, facts_of
from surveys.messages.uses import USES
from surveys.questionnaire.days import weekday
from surveys.questionnaire.definition import Item, Questionnaire, Words
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.reading import library
from surveys.respond.dialogue import MOTIVE, MOTIVES, SMS, spoken
from surveys.response import activity_words, questionnaire_of
from surveys.reviews.messages import SAMPLE_TOKEN

Language = Literal["fr", "en"]
MODES = ("prestataire", "mandataire", "mise_a_disposition")
AUDIENCES = ("client", "relative")
NOBODY = french("Organisme exemple")  # as long as a name may be in an SMS
PLATFORM = "SELECT name, sms_name, phone, hours, sender_email FROM platform WHERE id = $1"
PROVIDERS = """
SELECT name, coalesce(nullif(short_name, ''), left(name, 17)) AS short_name, activities FROM organisation
WHERE platform_id = $1 AND kind = 'provider' ORDER BY id
"""
# What is asked after a visit comes first: examples speak of it.
ASKED = """
SELECT (array_agg(v.id ORDER BY v.version DESC))[1] AS id
FROM questionnaire_version v JOIN questionnaire_use u ON u.platform_id = v.platform_id AND u.code = v.code
WHERE v.platform_id = $1 GROUP BY v.code ORDER BY bool_or(u.moment = 'visit') DESC, v.code
"""


@dataclass(frozen=True, slots=True)
class Longest:
    """What the messages of a platform may say; `organisation` is the longest name."""

    sender: Sender
    organisation: str
    short_name: str
    activities: tuple[str, ...]
    questionnaires: tuple[Questionnaire, ...]
    base: str

    def samples(self, name: str, language: Language) -> tuple[MessageFacts, ...]:
        """Give what a message says for each question, mode of intervention and person that it may be for."""
        is_sms = USES[name].channel == "sms"
        path = "suivi" if name in FOLLOW_UPS else "s"
        sample = facts_of(
            self.sender,
            self.short_name if is_sms else self.organisation,
            longest_day(language),
            f"{self.base.rstrip('/')}/{path}/{SAMPLE_TOKEN}",
            is_sms=is_sms,
        )
        sample = replace(sample, activity_words=self._activity(language))
        if name in FOLLOW_UPS or name == "voicemail":
            return (sample,)
        return tuple(dict.fromkeys(self._asking(name, sample)))

    def about(self, name: str, language: Language, item: Item) -> tuple[MessageFacts, ...]:
        """Give what a message says when it asks one question, for each person that it may be for."""
        samples = self.samples(name, language)
        return tuple(dict.fromkeys(replace(sample, item=item) for sample in samples))

    def _activity(self, language: Language) -> Words | None:
        known = [words for words in map(activity_words, self.activities) if words]
        return max(known, key=lambda words: len(words.of(language)), default=None)

    def _asking(self, name: str, sample: MessageFacts) -> Iterator[MessageFacts]:
        for mode in MODES:
            for audience in AUDIENCES:
                about = replace(sample, mode=mode, audience=audience)
                for questionnaire in self.questionnaires:
                    for item in asked_by(name, questionnaire, about.facts(Facts)):
                        yield replace(about, item=item)


def asked_by(name: str, questionnaire: Questionnaire, facts: Facts) -> tuple[Item, ...]:
    """List the questions that a message may ask; where none is asked so, what it would ask."""
    later = spoken(questionnaire).asked_on(SMS)[1:]
    if name in OF_MOTIVE:
        motives = tuple(item for item in later if name != "low_mark" or item.alias in MOTIVES)
        return motives or (MOTIVE,)
    if name == "next_question":
        return tuple(item for item in later if item.alias not in MOTIVES) or (questionnaire.items[-1],)
    return (first_of(questionnaire, facts, USES[name].channel),)


def longest_day(language: Language) -> date:
    """Give the day of the coming week whose name is the longest."""
    today = clock.now().astimezone(PARIS).date()
    week = [today + timedelta(days=number) for number in range(7)]
    return max(week, key=lambda day: len(weekday(day, language)))


async def longest(db: Connection, actor: Actor, base: str) -> Longest:
    """Read the longest names of a platform, and the questionnaires that it asks."""
    platform = await fetch_one(db, PLATFORM, actor.platform)
    assert platform is not None  # noqa: S101 - an actor of a platform has one
    providers = await fetch(db, PROVIDERS, actor.platform)
    asked = [await questionnaire_of(db, row["id"]) for row in await fetch(db, ASKED, actor.platform)]
    return Longest(
        sender=Sender(*platform.values()),
        organisation=max((row["name"] for row in providers), key=len, default=_(NOBODY)),
        short_name=max((row["short_name"] for row in providers), key=_room, default=_(NOBODY)),
        activities=tuple({code: None for row in providers for code in row["activities"]}),
        questionnaires=tuple(asked) or (library("default"),),
        base=base,
    )


def _room(name: str) -> int:
    return count(sms_name(name)).units


def cases(template: Template, samples: Iterable[MessageFacts]) -> tuple[Mapping[str, str], ...]:
    """Give the facts of each sample of an SMS, each once."""
    known = (tuple(sms_facts(template, sample).items()) for sample in samples)
    return tuple(dict(pairs) for pairs in dict.fromkeys(known))
