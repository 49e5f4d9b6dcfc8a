"""/questionnaires/{code}/versions/{version}/voix: what to read aloud of each question, and its recording."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.errors import NotFound
from quality.french import french
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.authoring import audio, store
from surveys.authoring.audio import SoundRefused, Spot
from surveys.authoring.pages import HREF, WRITERS, title_of
from surveys.authoring.specimen import language_named, people, person_named, visit_of
from surveys.authoring.store import Published
from surveys.authoring.told import language_names
from surveys.questionnaire.recording import recorded, variant_of
from surveys.questionnaire.wording import asked
from surveys.respond import listening
from surveys.versions import version_named

NO_FILE = french("Choisissez un fichier.")
Errors = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One question to read aloud: `is_general` when its words are those of everybody."""

    number: int
    alias: str
    text: str
    tongue: str
    is_general: bool
    heard: str


@dataclass(frozen=True, slots=True)
class VoiceRecordings:
    """The page; `errors` are (item, message) pairs."""

    code: str
    title: str
    version: int
    people: tuple[tuple[str, str], ...]
    person: str
    languages: tuple[tuple[str, str], ...]
    language: str
    readings: tuple[Reading, ...]
    is_done: bool
    errors: Errors


@dataclass(frozen=True, slots=True)
class _Place:
    """A version, and for whom and in which language it is read aloud."""

    version: Published
    person: str
    language: str

    @property
    def href(self) -> str:
        return f"{HREF}/{self.version.code}/versions/{self.version.version}/voix"

    def spot(self, alias: str) -> Spot:
        """Name the recording of an item; an item that does not exist is answered 404."""
        try:
            item = self.version.questionnaire.item(alias)
        except KeyError as error:
            raise NotFound from error
        facts = visit_of(self.person)
        words = asked(item, facts, language=self.language, fallback=self.version.questionnaire.languages)
        return Spot(self.version.code, self.version.version, alias, variant_of(item, facts), words.language)


async def voice_recordings(request: Request) -> Response:
    place = await _place(request, request.query_params.get("pour", ""), request.query_params.get("parle", ""))
    return await _show(request, place)


async def record(request: Request) -> Response:
    form = await request.form()
    try:
        return await _recorded(request, form)
    finally:
        await form.close()


async def _recorded(request: Request, form: FormData) -> Response:
    """Keep the file of one question, or remove the one that it has."""
    place = await _place(request, str(form.get("pour", "")), str(form.get("parle", "")))
    alias, sent = str(form.get("question", "")), form.get("fichier")
    spot, actor = place.spot(alias), signed_in(request)
    if form.get("geste") == "retirer":
        await audio.remove(actor, spot)
    elif not isinstance(sent, UploadFile) or not sent.filename:
        return await _show(request, place, ((alias, _(NO_FILE)),))
    else:
        try:
            await audio.keep(actor, request.app.state.house.keyring, spot, sent.file)
        except SoundRefused as refusal:
            return await _show(request, place, ((alias, languages.said(refusal)),))
    listening.forget()
    query = urlencode({"pour": place.person, "parle": place.language, "fait": "oui"})
    return RedirectResponse(f"{place.href}?{query}#question-{alias}", 303)


async def _place(request: Request, person: str, language: str) -> _Place:
    chosen = version_named(request, await store.versions(signed_in(request), request.path_params["code"]))
    return _Place(chosen, person_named(person), language_named(chosen.questionnaire, language))


async def _show(request: Request, place: _Place, errors: Errors = ()) -> Response:
    version = place.version
    kept = await audio.kept(signed_in(request), version.code, version.version)
    shown = VoiceRecordings(
        code=version.code,
        title=title_of(version.questionnaire),
        version=version.version,
        people=people(),
        person=place.person,
        languages=language_names(version.questionnaire),
        language=place.language,
        readings=_readings(place, kept),
        is_done=request.query_params.get("fait") == "oui",
        errors=errors,
    )
    return await render(request, shown, 422 if errors else 200)


def _readings(place: _Place, kept: Mapping[tuple[str, str, str], UUID]) -> tuple[Reading, ...]:
    questionnaire, facts, found = place.version.questionnaire, visit_of(place.person), []
    for number, item in enumerate(questionnaire.asked_on("web"), start=1):
        words = asked(item, facts, language=place.language, fallback=questionnaire.languages)
        spot = place.spot(item.alias)
        file = kept.get((spot.alias, spot.variant, spot.language))
        found.append(
            Reading(
                number=number,
                alias=item.alias,
                text=recorded(words),
                tongue=words.language,
                is_general=not spot.variant,
                heard=f"{listening.HREF}/{file}" if file else "",
            )
        )
    return tuple(found)


ROUTES = (
    page(
        f"{HREF}/{{code}}/versions/{{version:int}}/voix",
        voice_recordings,
        roles=WRITERS,
        name="questionnaire-recordings",
    ),
    page(
        f"{HREF}/{{code}}/versions/{{version:int}}/voix",
        record,
        roles=WRITERS,
        methods=("POST",),
        name="questionnaire-record",
    ),
)
