"""A questionnaire said aloud: by an agent who reads a script, and by the automatic voice."""

from collections.abc import Iterator
from dataclasses import dataclass

from quality.web.languages import gettext as _
from surveys.authoring.previews.about import About
from surveys.desk.screen.opening import About as Subject
from surveys.desk.screen.opening import opening as opening_of
from surveys.desk.screen.screens import Choice
from surveys.desk.screen.script import choices as choices_of
from surveys.questionnaire import coding
from surveys.questionnaire.coding import OUTSIDE
from surveys.questionnaire.days import day_words
from surveys.questionnaire.definition import Channel
from surveys.questionnaire.voice.dialogue import YES, Call, Stage, begin, press, said
from surveys.questionnaire.voice.prompts import Script
from surveys.questionnaire.wording import asked

MOST_KEYS = 20
SUBJECTS = {"no_show": Subject.MISSED, "yearly": Subject.YEAR}


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One question of an agent: what is said, what helps, what is never said, the answers and their keys."""

    say: str
    probe: str
    agent: str
    choices: tuple[Choice, ...]
    language: str
    is_conditional: bool


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
    """Write what an agent reads, question by question."""
    return tuple(_lines(about))


def _lines(about: About) -> Iterator[ScriptLine]:
    for item in about.questionnaire.asked_on(Channel.PHONE):
        words = asked(item, about.visit, channel="phone", language=about.language)
        choices = tuple(choices_of(item, words.choices))
        is_conditional = item.relevant is not None
        yield ScriptLine(words.say, words.probe, words.agent, choices, words.language, is_conditional)


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
