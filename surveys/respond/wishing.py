"""After a low mark, or of a problem told: what the client wishes, and only then there is a complaint."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.datastructures import FormData
from starlette.responses import Response

from quality import clock
from quality.complaints.delays import due
from quality.complaints.followed import messaging
from quality.complaints.opening import UNKNOWN, Opened, Source, Wish, delays_of, wish
from quality.db import Connection, pool, transaction
from quality.french import french
from quality.web import languages
from quality.web.languages import gettext as _
from surveys import callbacks
from surveys.questionnaire.wording import words_of
from surveys.respond.lows import Discontent, discontent, kind_of, kinds_of
from surveys.respond.reader import Reader
from surveys.respond.screens import AnswerProblem, AnswerWish, Choice, Errors

WISHES = {"nom": Wish.NAMED, "sans": Wish.ANONYMOUS, "appel": Wish.CALL_FIRST, "rien": Wish.NOTHING}
WORDS = {wish.value: word for word, wish in WISHES.items()}
# What somebody says went wrong, whatever their marks: the kind of the complaint, and its words.
MOTIVES: Mapping[str, tuple[str, str]] = {
    "absence": ("absent", french("Personne n’est venu")),
    "retard": ("late", french("Un retard")),
    "changement": ("changed", french("Un changement sans prévenir")),
    "travail": ("not_done", french("Un travail non fait, ou mal fait")),
    "comportement": ("behaviour", french("Le comportement d’une personne")),
    "facture": ("billing", french("Une facture")),
    "autre": ("other", french("Autre chose")),
}
CONDUCT = "behaviour"


async def ask(reader: Reader) -> Response:
    """Ask what went wrong, of whoever wishes to say it."""
    return reader.show(_problem(reader))


async def tell(reader: Reader, form: FormData) -> Response:
    """Go on to the wish with what was chosen: nothing is stored before it is known what should come of it."""
    motive = str(form.get("motif", ""))
    if motive not in MOTIVES:
        with languages.using(reader.language):
            missing = [(f"motif-{next(iter(MOTIVES))}", _("Choisissez ce qui s’est passé"))]
        return reader.show(_problem(reader, missing), 422)
    return replace(reader, choices={**reader.choices, "motif": motive}).go("/souhait")


def _problem(reader: Reader, errors: Errors = ()) -> AnswerProblem:
    with languages.using(reader.language):
        options = [Choice(code, "", _(words)) for code, (_kind, words) in MOTIVES.items()]
    back = reader.address("/merci" if reader.answers else "")
    return AnswerProblem(token=reader.token, back=back, seat=reader.seat, options=options, errors=errors)


async def show(reader: Reader) -> Response:
    told = await discontent(pool("answer"), reader.visit, reader.respondent)
    motive = _motive(reader.request.query_params)
    return reader.show(await _page(reader, told, motive)) if told or motive else reader.go("")


async def choose(reader: Reader, form: FormData) -> Response:
    told, motive = await discontent(pool("answer"), reader.visit, reader.respondent), _motive(form)
    if not told and not motive:
        return reader.go("")
    wanted = WISHES.get(str(form.get("souhait", "")))
    if wanted is None or (wanted is Wish.NOTHING and not told):
        with languages.using(reader.language):
            errors = [("souhait-nom", _("Choisissez ce que vous souhaitez"))]
        return reader.show(await _page(reader, told, motive, errors), 422)
    async with transaction("answer") as db:
        keyring = reader.request.app.state.house.keyring
        source, kind = _source(reader, told), _kind(reader, told, motive)
        opened = await wish(db, keyring, source, wanted, now=clock.now(), kind=kind)
        await _add_problem(db, reader, told, motive)
        await _call_accordingly(db, reader, wanted, opened, told)
    return reader.go("/rappel" if wanted is Wish.CALL_FIRST else "/merci")


async def _add_problem(db: Connection, reader: Reader, before: Discontent, motive: str) -> None:
    """Keep each problem told of one visit: a complaint names one, its timeline holds them all."""
    standing = before.complaint
    if standing is None or not motive or standing.kind in (UNKNOWN, MOTIVES[motive][0]):
        return
    told = [words for kind, words in MOTIVES.values() if kind == standing.kind]
    with languages.using(reader.language):
        about = ", ".join(_lowered(_(words)) for words in (*told, MOTIVES[motive][1]))
        text = _("Je signale : {about}.").format(about=about)
    await messaging.write_once(db, standing.id, text, clock.now())


def _lowered(words: str) -> str:
    return words[:1].lower() + words[1:]


def _motive(sent: Mapping[str, object]) -> str:
    motive = str(sent.get("motif", ""))
    return motive if motive in MOTIVES else ""


def _source(reader: Reader, told: Discontent) -> Source:
    """Give what the complaint comes from: the answers of whoever tells it, or the page where they tell it."""
    source = reader.visit.source(told.source_id)
    return source if told.lows else replace(source, kind="page")


def _kind(reader: Reader, told: Discontent, motive: str) -> str:
    """Name what it is about: what the person says, else what the marks say."""
    if motive:
        return MOTIVES[motive][0]
    return kind_of(reader.visit.questionnaire, told.lows)


def _kinds(reader: Reader, told: Discontent, motive: str) -> set[str]:
    """Name all that is known to be wrong."""
    marked = kinds_of(reader.visit.questionnaire, told.lows)
    said = {MOTIVES[motive][0]} if motive else set()
    return said | marked | ({told.complaint.kind} if told.complaint else set())


async def _call_accordingly(
    db: Connection, reader: Reader, wanted: Wish, opened: Opened | None, before: Discontent
) -> None:
    """Queue the call of a client who wants it first; take it back when the wish is another one."""
    now = clock.now()
    if wanted is not Wish.CALL_FIRST:
        if before.complaint and (opened is None or opened.disclosure is not Wish.CALL_FIRST):
            await callbacks.withdraw_first(db, before.complaint.id, now)
        return
    slots = callbacks.half_days(
        now, reader.visit.departement, reader.audience, count=1, closed=reader.card.closing_days
    )
    if slots and opened is not None and opened.disclosure is Wish.CALL_FIRST:
        await callbacks.call_first(db, reader.visit, opened.id, slots[0], now)
    elif slots:
        await callbacks.ask(db, reader.visit, slots[0], now)


async def _page(reader: Reader, told: Discontent, motive: str, errors: Errors = ()) -> AnswerWish:
    visit, now = reader.visit, clock.now()
    dates = due(now, await delays_of(pool("answer"), _source(reader, told), now), visit.departement)
    return AnswerWish(
        token=reader.token,
        back=_back(reader, told, motive),
        seat=reader.seat,
        saved=_saved(reader, told),
        motive=motive,
        about=_about(reader, motive),
        is_conduct=CONDUCT in _kinds(reader, told, motive),
        offers_nothing=bool(told),
        provider=visit.provider_name,
        acknowledged_by=reader.day(dates.acknowledge_at),
        remedied_by=reader.day(dates.solution_at),
        value=WORDS.get(told.wish, ""),
        errors=errors,
    )


def _back(reader: Reader, told: Discontent, motive: str) -> str:
    if motive or not told.lows:
        return reader.address("/probleme" if motive else "/merci")
    items = [item.alias for item in reader.visit.questionnaire.items]
    return reader.address(f"/{items.index(told.lows[0].item) + 1}")


def _saved(reader: Reader, told: Discontent) -> str:
    if not told.lows:
        return ""
    item = reader.visit.questionnaire.item(told.lows[0].item)
    return words_of(item, told.lows[0].value, reader.language)


def _about(reader: Reader, motive: str) -> str:
    with languages.using(reader.language):
        return _(MOTIVES[motive][1]) if motive else ""
