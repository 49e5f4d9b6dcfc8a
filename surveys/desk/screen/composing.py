"""From a file to the page of its call: every word that the agent reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from quality import clock
from quality.complaints.words import heading
from quality.directory.activities import activity_name
from quality.directory.geography import departement, zone_of
from quality.web import languages
from quality.web.format import day_text, phone_text, time_text
from quality.web.languages import gettext as _
from quality.web.platform import PlatformCard
from surveys.callbacks import calling_hours
from surveys.desk.ending.outcomes import OUTCOMES, Code
from surveys.desk.screen.asking import Asking
from surveys.desk.screen.keeping import NOTES
from surveys.desk.screen.keyboard import PANEL_KEYS, all_keys, panel_labels
from surveys.desk.screen.opening import About, opening
from surveys.desk.screen.reading import File
from surveys.desk.screen.screens import (
    Action,
    Appointment,
    Call,
    Ending,
    Errors,
    Followed,
    Pairs,
    Phone,
    Promised,
    Question,
    Remedies,
    Started,
)
from surveys.desk.screen.script import is_asking, question
from surveys.desk.screen.speakers import has_answered, speakers, speaks
from surveys.dispatch import writing
from surveys.dispatch.text import render_voice
from surveys.protocol.calendar import next_slot
from surveys.questionnaire.days import day_words
from surveys.questionnaire.wording import words_of
from surveys.response import YEARLY, InvitedVisit

# These panels end the call; the others (keyboard.py) are opened while it lasts, or after another one.
PANELS = {
    "rendez-vous": Code.appointment,
    "refus": Code.refusal,
    "deuil": Code.deceased,
    "superviseur": Code.referred,
}
PANEL_OF = {code: panel for panel, code in PANELS.items()}
WISH_PANEL, WHO_PANEL, END_PANEL = "souhait", "qui", "fin"
OPENED = frozenset({*PANELS, *PANEL_KEYS, "accord", "recapitulatif", "danger-note", WISH_PANEL, END_PANEL})
# These are chosen in a panel that offers something else too.
ELSEWHERE = frozenset({Code.appointment, Code.relative, Code.language})
LONG_AGO = timedelta(days=180)
OF_KIND = {"complaint": "decision", "verdict": "avis"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What a panel needs beside the file of the call."""

    appointment: Appointment | None = None
    remedies: Remedies | None = None
    promised: Promised | None = None
    followed: Followed | None = None


def compose(
    file: File,
    asking: Asking,
    card: PlatformCard,
    agent: str,
    *,
    panel: Panel | None = None,
    values: Mapping[str, str] | None = None,
    refused: Sequence[str] | None = None,
    errors: Errors = (),
) -> Call:
    """Write the page of a call; `refused` is what was posted of its question and cannot be taken."""
    respondent = asking.respondent or file.audience
    asked = question(file, asking, respondent, refused)
    shown = panel_of(file, asking)
    more = panel or Panel()
    return Call(
        case=str(file.case),
        kind=file.kind,
        language=language_of(file),
        name=file.person.name or _("Nom inconnu"),
        age=_age(file.person.age_band),
        phones=tuple(Phone(phone_text(phone), f"tel:{phone}") for phone in file.person.phones),
        facts=_facts(file),
        started=_started(file.picked_at, card),
        is_in_hours=_is_in_hours(file, card),
        visit=_visit(file),
        answers=tuple((_last_day(each.visit_on), each.words) for each in file.answers),
        complaints=_complaints(file, asking),
        messages=tuple((_moment(each.received_at, file), each.text) for each in file.messages),
        on_call=file.on_call_name,
        on_call_phone=_on_call(file.on_call_phone),
        opening=_opening(file, card, agent),
        voicemail=_voicemail(file, card),
        question=asked,
        panel=shown,
        provider=file.provider,
        respondent=respondent,
        relation=asking.relation,
        speaks=speaks(file, asking, respondent),
        speakers=speakers(file, asking, respondent, language_of(file), values or {}),
        endings=tuple(_ending(code, file, asking) for code in OUTCOMES if code not in ELSEWHERE),
        actions=_actions(file, asking, respondent),
        all_keys=all_keys(),
        keys=asking.keys,
        notes=file.drafts.get(NOTES, {}).get("note", ""),
        undo=_undone(file),
        appointment=more.appointment,
        remedies=more.remedies,
        promised=more.promised,
        followed=more.followed,
        values={**_draft(file, shown, asked), **(values or {})},
        errors=errors,
    )


def _draft(file: File, panel: str, asked: Question | None) -> Mapping[str, str]:
    """Give what was being typed in the form that is shown."""
    form = panel or (asked.alias if asked else "")
    return file.drafts.get(form, {})


def _started(at: datetime | None, card: PlatformCard) -> Started | None:
    """Say when the call was taken, by the clock of the desk."""
    if at is None:
        return None
    local = at.astimezone(card.zone)
    seconds = max(0, int((clock.now() - at).total_seconds()))
    return Started(local.isoformat(timespec="seconds"), time_text(local, languages.current()), seconds)


def _complaints(file: File, asking: Asking) -> Pairs:
    return tuple(
        (asking.href(file.case, panneau="suite", numero=each.number), heading(each.number, each.kind))
        for each in file.complaints
    )


def _undone(file: File) -> str:
    """Say which answer the next undo takes back."""
    if file.last is None or file.visit is None:
        return ""
    try:
        item = file.visit.questionnaire.item(file.last.alias)
    except KeyError:
        return ""
    return words_of(item, file.last.given, languages.current()) or _("texte vide")


def _actions(file: File, asking: Asking, respondent: str) -> tuple[Action, ...]:
    """List what may be done during the call, one panel each."""
    labels = panel_labels()
    is_possible = {"suite": bool(file.complaints), WHO_PANEL: has_answered(file, respondent)}
    return tuple(
        Action(labels[panel], PANEL_KEYS[panel], asking.href(file.case, panneau=panel, numero=""))
        for panel in PANEL_KEYS
        if is_possible.get(panel, True)
    )


def language_of(file: File) -> str:
    """Return the language in which the agent reads aloud."""
    return file.visit.language if file.visit else file.person.language


def panel_of(file: File, asking: Asking) -> str:
    """Say which panel is open: the one of the address, else the one that the call itself is made for."""
    respondent = asking.respondent or file.audience
    if asking.panel in OPENED:
        return asking.panel
    if file.kind in OF_KIND:
        return OF_KIND[file.kind]
    if respondent in file.unwished:
        return WISH_PANEL
    if question(file, asking, respondent) is not None:
        return ""
    if is_asking(file, asking) and has_answered(file, respondent):
        return WHO_PANEL
    return END_PANEL if file.kind == "survey" else ""


def _ending(code: Code, file: File, asking: Asking) -> Ending:
    outcome = OUTCOMES[code]
    href = asking.href(file.case, panneau=PANEL_OF[code]) if code in PANEL_OF else ""
    return Ending(code.value, _(outcome.label), outcome.key, href)


def _facts(file: File) -> Pairs:
    place = departement(file.person.departement).name
    commune = f"{file.person.commune} ({place})" if file.person.commune else place
    now = clock.now().astimezone(zone_of(file.person.departement))
    here = f"{time_text(now, languages.current())}, {day_text(now, languages.current())}"
    rows = [(_("Lieu"), commune), (_("Heure là-bas"), here), (_("Motif"), reason(file.kind, file.wish))]
    return (*rows, (_("Appel"), str(file.tries)))


def _last_day(day: date) -> str:
    """Say the day of an earlier visit, with its year once a weekday no longer tells it."""
    is_old = clock.now().date() - day > LONG_AGO
    return day_text(day, languages.current(), year=is_old)


def reason(kind: str, wish: str = "") -> str:
    """Say why somebody is called."""
    reasons = {
        "survey": _("Avis à recueillir"),
        "callback": _("La personne demande qu’on la rappelle"),
        "complaint": _("La personne demande à être appelée d’abord"),
        "verdict": _("Avis sur la solution apportée"),
        "inbound": _("La personne a envoyé un message"),
    }
    return f"{reasons[kind]}, {wish}" if wish else reasons[kind]


def _visit(file: File) -> str:
    if file.visit is None or file.visit.purpose == YEARLY:
        return ""
    day = day_text(file.visit.visit_on, languages.current())
    activity = activity_name(file.visit.activity)
    hours = _hours(file)
    facts = {"day": day, "hours": hours, "activity": activity, "provider": file.provider}
    if hours:
        return _("%(day)s, %(hours)s. %(activity)s, par %(provider)s.") % facts
    return _("%(day)s. %(activity)s, par %(provider)s.") % facts


def _hours(file: File) -> str:
    if file.started_at is None or file.ended_at is None:
        return ""
    zone, language = zone_of(file.person.departement), languages.current()
    starts, ends = (time_text(each.astimezone(zone), language) for each in (file.started_at, file.ended_at))
    return _("de %(start)s à %(end)s") % {"start": starts, "end": ends}


def _opening(file: File, card: PlatformCard, agent: str) -> str:
    if file.visit is None:
        return ""
    day = day_words(file.visit.visit_on, file.visit.language)
    return opening(
        file.visit.language,
        _about(file.visit, is_missed=file.is_missed),
        name=file.person.name,
        agent=agent,
        platform=card.name,
        provider=file.provider,
        day=day,
    )


def _about(visit: InvitedVisit, *, is_missed: bool) -> About:
    if visit.purpose == YEARLY:
        return About.YEAR
    return About.MISSED if is_missed else About.VISIT


def _voicemail(file: File, card: PlatformCard) -> str:
    """Give the words for a voicemail, once: nothing of the visit, and never a second message."""
    if file.has_message or file.visit is None:
        return ""
    sender = writing.Sender(card.name, "", card.phone, card.hours, "")
    facts = writing.facts_of(sender, file.provider, file.visit.visit_on, "", is_sms=False)
    return render_voice(file.voicemail, facts)


def _is_in_hours(file: File, card: PlatformCard) -> bool:
    now = clock.now()
    hours = calling_hours(file.audience, card.closing_days)
    slot = next_slot(now, file.person.departement, hours)
    return slot is not None and slot.opens_at <= now


def _moment(at: datetime, file: File) -> str:
    local = at.astimezone(zone_of(file.person.departement))
    return f"{day_text(local, languages.current())}, {time_text(local, languages.current())}"


def _on_call(phone: str) -> Phone | None:
    return Phone(phone_text(phone), f"tel:{phone}") if phone else None


def _age(band: str) -> str:
    return {
        "<60": _("moins de 60 ans"),
        "60-74": _("60 à 74 ans"),
        "75-84": _("75 à 84 ans"),
        "85+": _("85 ans et plus"),
    }.get(band, "")
