"""A questionnaire said aloud: by an agent who reads a script, and by the automatic voice."""

from collections.abc import Iterator
from dataclasses import dataclass

from quality.web import languages
from quality.web.languages import gettext as _
from surveys.authoring.asked_when import book
from surveys.authoring.previews.about import About
from surveys.desk.screen.opening import About as Subject
from surveys.desk.screen.opening import opening as opening_of
from surveys.desk.screen.screens import Choice
from surveys.desk.screen.script import choices as choices_of
from surveys.desk.screen.speakers import asks
from surveys.questionnaire import coding
from surveys.questionnaire.coding import OUTSIDE
from surveys.questionnaire.days import day_words
from surveys.questionnaire.definition import Channel
from surveys.questionnaire.paper.conditions import Printed, Sheet, in_order
from surveys.questionnaire.voice.dialogue import YES, Call, Stage, begin, press, said
from surveys.questionnaire.voice.prompts import Script

MOST_KEYS = 20
SUBJECTS = {"no_show": Subject.MISSED, "yearly": Subject.YEAR}


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One question of an agent: what is said, what helps, what is never said, the answers and their keys.

    `only` says when it is asked, where that depends on the answers; `asks_wish` that a low mark asks one.
    """

    number: int
    say: str
    probe: str
    agent: str
    choices: tuple[Choice, ...]
    language: str
    only: str
    asks_wish: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """What the voice says in one language, or the key of whoever listens where `language` is empty."""

    words: str
    language: str


def opening(about: About) -> str:
    """Say what an agent says first, of the moment at which the questionnaire is asked."""
    return opening_of(
        about.message_language,
        SUBJECTS.get(about.moment, Subject.VISIT),
        name=_("[Mme ou M., nom de la personne]"),
        agent=_("[nom de l’agent]"),
        platform=about.card.name,
        provider=about.visit.organisation,
        day=day_words(about.visit.day, about.message_language),
    )


def script(about: About) -> tuple[ScriptLine, ...]:
    """Write what an agent reads to this person, question by question, and when some are asked."""
    sheet = Sheet(languages.current(), dict(about.visit.values()), book=book())
    lines = in_order(about.questionnaire, about.visit, sheet, channel=Channel.PHONE, language=about.language)
    return tuple(_line(each, only) for each, only in lines)


def _line(line: Printed, only: str) -> ScriptLine:
    words = line.asked
    return ScriptLine(
        number=line.number,
        say=words.say,
        probe=words.probe,
        agent=words.agent,
        choices=tuple(choices_of(line.item, words)),
        language=words.language,
        only=_("Posée seulement si {condition}.").format(condition=only) if only else "",
        asks_wish=line.item.signal,
    )


def who(about: About) -> tuple[str, ...]:
    """Give what an agent says after the questions, to know who answered and how."""
    return asks(about.visit.audience, "", about.message_language)


def voice(about: About) -> tuple[Turn, ...]:
    """Hold the call of somebody who gives the last answer to each question; nothing without any."""
    if not about.questionnaire.asked_on(Channel.VOICE):
        return ()
    return tuple(_turns(about))


def _turns(about: About) -> Iterator[Turn]:
    call = begin(
        Script(
            questionnaire=about.questionnaire,
            facts=about.visit,
            platform=about.card.name,
            language=about.language,
        )
    )
    for _press in range(MOST_KEYS):
        yield from (Turn(part.text, part.language) for part in said(call).parts)
        if call.end is not None:
            return
        key = _last_key(call)
        yield Turn(_("Touche {key}").format(key=key), "")
        call = press(call, key)


def _last_key(call: Call) -> str:
    if call.stage is not Stage.QUESTION:
        return YES
    offered = [each.digit for each in coding.options(call.item, Channel.VOICE) if each.value not in OUTSIDE]
    return next(digit for digit in reversed(offered) if digit)
