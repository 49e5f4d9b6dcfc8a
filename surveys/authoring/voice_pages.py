"""/questionnaires/{code}/versions/{version}/telephone: the automatic voice tried by its keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from quality.french import french
from quality.web.languages import counted
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.authoring import store
from surveys.authoring.pages import HREF, READERS, title_of
from surveys.authoring.specimen import language_named, people, person_named, visit_of
from surveys.authoring.told import language_names
from surveys.questionnaire.voice import prompts
from surveys.questionnaire.voice.dialogue import SILENCE, WAITS, Call, End, begin, press, said
from surveys.questionnaire.voice.markup import markup
from surveys.questionnaire.voice.prompts import Script
from surveys.versions import version_named

KEYS, SILENT = "123456789*0#", "s"
MOST_KEYS = 40
ENDS = {
    End.ANSWERED: french("L’appel est fini\u00a0: les réponses comptent comme celles des autres moyens."),
    End.REFUSED: french("L’appel est fini\u00a0: la personne ne reçoit plus ni appel ni message."),
    End.PERSON: french("L’appel est fini\u00a0: quelqu’un rappelle la personne."),
    End.SILENT: french(
        "L’appel est fini\u00a0: après trois essais sans réponse, quelqu’un rappelle la personne."
    ),
    End.MISSED: french(
        "L’appel est fini\u00a0: personne n’a tapé de touche. On rappelle à un autre moment du jour."
    ),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """What the voice said in one language, or what the person did where `language` is empty."""

    words: str
    language: str


@dataclass(frozen=True, slots=True)
class VoiceTrial:
    """The page; `keys` are (key, address) pairs, `end` says how the call ended, `markup` is the carrier's."""

    code: str
    title: str
    version: int
    is_asked: bool
    people: tuple[tuple[str, str], ...]
    person: str
    languages: tuple[tuple[str, str], ...]
    language: str
    turns: tuple[Turn, ...]
    keys: tuple[tuple[str, str], ...]
    silence: str
    wait: int
    again: str
    end: str
    limits: tuple[str, ...]
    markup: str


async def voice_trial(request: Request) -> Response:
    actor, code = signed_in(request), request.path_params["code"]
    chosen = version_named(request, await store.versions(actor, code))
    questionnaire, asked = chosen.questionnaire, request.query_params
    card = await card_of(actor.platform)
    person, language = (
        person_named(asked.get("pour", "")),
        language_named(questionnaire, asked.get("parle", "")),
    )
    script = Script(
        questionnaire=questionnaire, facts=visit_of(person), platform=card.name, language=language
    )
    typed = _typed(asked.get("touches", ""))
    address = _Address(f"{HREF}/{code}/versions/{chosen.version}/telephone", person, language, typed)
    *before, call = _calls(script, typed)
    now = said(call)
    shown = VoiceTrial(
        code=code,
        title=title_of(chosen.questionnaire),
        version=chosen.version,
        is_asked=bool(questionnaire.asked_on("voice")),
        people=people(),
        person=person,
        languages=language_names(questionnaire),
        language=language,
        turns=tuple(_turns([*before, call], typed)),
        keys=() if call.end else tuple((key, address.then(key)) for key in KEYS),
        silence="" if call.end else address.then(SILENT),
        wait=now.wait or 0,
        again=address.begun,
        end=_(ENDS[call.end]) if call.end else "",
        limits=_limits(script),
        markup=markup(now, address.path),
    )
    return await render(request, shown)


@dataclass(frozen=True, slots=True)
class _Address:
    """Where a key leads: the whole call is in the address."""

    path: str
    person: str
    language: str
    typed: str

    @property
    def begun(self) -> str:
        return f"{self.path}?{urlencode({'pour': self.person, 'parle': self.language})}"

    def then(self, key: str) -> str:
        return f"{self.begun}&{urlencode({'touches': self.typed + key})}#suite"


def _typed(written: str) -> str:
    """Keep what is a key, forty at most."""
    return "".join(key for key in written if key in KEYS + SILENT)[:MOST_KEYS]


def _calls(script: Script, typed: str) -> list[Call]:
    """Give the call as it stood at its start and after each key."""
    calls = [begin(script)]
    for key in typed:
        calls.append(press(calls[-1], SILENCE if key == SILENT else key))
    return calls


def _turns(calls: list[Call], typed: str) -> Iterator[Turn]:
    for rank, call in enumerate(calls):
        if rank:
            yield Turn(_done(typed[rank - 1]), "")
        for language, parts in groupby(said(call).parts, key=lambda part: part.language):
            yield Turn(" ".join(part.text for part in parts), language)


def _done(key: str) -> str:
    return _("Rien n’est tapé.") if key == SILENT else _("Touche {key}").format(key=key)


def _limits(script: Script) -> tuple[str, ...]:
    """Say what bounds a call, with the length of this one."""
    lasted = [at for _item, at in prompts.lengths(script)]
    last = round(lasted[-1]) if lasted else 0
    return (
        counted(_("Si toutes les questions sont posées, l’appel dure environ {num} secondes."), last),
        _("Un appel pose quatre questions au plus, en deux minutes au plus."),
        _("Chaque touche est attendue {seconds} secondes, et la question est redite deux fois.").format(
            seconds=WAITS[0]
        ),
        _("Une mauvaise note est redite et confirmée avant de compter."),
        _("Un répondeur n’enregistre rien\u00a0: rien n’est dit de la visite avant une touche."),
    )


ROUTES = (
    page(
        f"{HREF}/{{code}}/versions/{{version:int}}/telephone",
        voice_trial,
        roles=READERS,
        name="questionnaire-voice",
    ),
)
