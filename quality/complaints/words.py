"""Complaints in words: what they are about, where they stand, when they are due."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from quality.complaints.milestones import Standing, days_apart, working_days_apart
from quality.complaints.vocabulary import REMEDIES
from quality.directory.geography import zone_of
from quality.web import languages
from quality.web.format import day_text, period_text, time_text
from quality.web.languages import gettext as _
from quality.web.languages import ngettext


class Mark(Protocol):
    """A low mark: its question and its value."""

    @property
    def item(self) -> str: ...

    @property
    def value(self) -> int: ...


Tag = tuple[str, str]  # a sign of the macro `tag`, then words


def kinds() -> dict[str, str]:
    """Name what complaints are about."""
    return {
        "late": _("retard"),
        "not_done": _("travail non fait"),
        "behaviour": _("comportement"),
        "absent": _("personne non venue"),
        "changed": _("changement non annoncé"),
        "billing": _("facture"),
        "serious": _("événement grave"),
        "other": _("autre motif"),
        "unknown": _("motif à préciser"),
    }


def holders() -> dict[str, str]:
    """Name who may have the hand."""
    return {
        "provider": _("l’organisme"),
        "platform": _("la plateforme"),
        "funder": _("le financeur"),
        "mediator": _("le médiateur"),
    }


def heading(number: int, kind: str) -> str:
    return _("Réclamation %(number)s : %(kind)s") % {"number": number, "kind": kinds()[kind]}


def state_tag(state: str, *, is_call_first: bool = False) -> Tag:
    """Say where a complaint stands."""
    if is_call_first and state == "opened":
        return "signal", _("Personne à appeler d’abord")
    tags = {
        "opened": ("signal", _("Accusé de réception attendu")),
        "acknowledged": ("signal", _("Solution attendue")),
        "remedied": ("info", _("Avis de la personne attendu")),
        "closed": ("ok", _("Close")),
        "merged": ("", _("Réunie à une autre")),
    }
    return tags[state]


def standing_tag(standing: Standing) -> Tag:
    tags = {
        Standing.kept: ("ok", _("Tenu")),
        Standing.passed: ("error", _("Hors délai")),
        Standing.coming: ("info", _("À venir")),
        Standing.late: ("error", _("En retard")),
    }
    return tags[standing]


def event_title(kind: str) -> str:
    """Title a line of the timeline, whoever wrote it."""
    titles = {
        "signal": _("La personne donne une note basse"),
        "opened": _("Réclamation ouverte"),
        "wish_named": _("Souhait : en parler à l’organisme, avec son nom"),
        "wish_anonymous": _("Souhait : en parler à l’organisme, sans son nom"),
        "wish_call_first": _("Souhait : être appelé d’abord"),
        "wish_late": _("La personne a changé d’avis après coup"),
        "withdrawn": _("Retirée par la personne"),
        "acknowledged": _("Accusé de réception"),
        "remedied": _("Solution apportée"),
        "settled": _("La personne dit que c’est réglé"),
        "reopened": _("La personne dit que ce n’est pas réglé"),
        "named": _("La personne accepte que son nom soit donné"),
        "anonymous": _("La personne accepte, sans que son nom soit donné"),
        "note": _("Note"),
        "told": _("Ce que dit la personne"),
        "message": _("La personne ajoute un message"),
        "client_file": _("La personne envoie un fichier"),
        "countersigned": _("L’organisme s’en occupe"),
        "contested": _("L’organisme conteste"),
        "assigned": _("Quelqu’un suit la réclamation"),
        "consented": _("La personne accepte que son financeur soit informé"),
        "not_consented": _("La personne n’accepte pas que son financeur soit informé"),
        "promised": _("Engagement pris"),
        "confirmed": _("Engagement confirmé par l’organisme"),
        "declined": _("Engagement refusé par l’organisme"),
        "kept": _("Engagement tenu"),
        "broken": _("Engagement non tenu à temps"),
        "protected": _("Mesure de protection"),
        "shared": _("Communiqué à l’organisme"),
        "merged": _("Jointe à une autre réclamation"),
        "merged_in": _("Une autre réclamation est jointe à celle-ci"),
        "transmitted": _("Transmise au financeur"),
        "funder_answered": _("Le financeur a répondu"),
        "ack_overdue": _("Pas de réponse à temps : la plateforme s’en occupe"),
        "solution_late": _("Pas de solution à temps : la plateforme s’en occupe"),
        "to_funder": _("Toujours pas de solution : le financeur est saisi"),
        "to_mediator": _("Toujours pas de solution : le médiateur peut être saisi"),
        "to_platform": _("Toujours pas de solution : la direction de la plateforme est saisie"),
        "funder_late": _("Le financeur n’a pas répondu : la plateforme s’en occupe"),
        "unreached": _("La personne n’a pas pu être appelée : à décider"),
        "unasked": _("Personne n’a pu demander l’avis de la personne"),
        "silence": _("Close sans avis de la personne"),
        "call_wished": _("La personne demande un appel"),
        "unreachable": _("La personne n’a ni téléphone ni e-mail : écrivez-lui"),
        "deceased": _("La personne est décédée : on ne lui écrit plus et on ne l’appelle plus"),
        "file": _("Fichier joint"),
        "took_over": _("La plateforme reprend le dossier"),
        "gave_back": _("L’organisme reprend le dossier"),
        "mediator_asked": _("Le médiateur est saisi"),
    }
    return titles.get(kind.removeprefix("staff_"), _("Suivi"))


def wish_words(wish: str) -> str:
    """Say again a wish kept as a code in the text of a line."""
    return {
        "named": _("Elle souhaite maintenant que son nom soit donné."),
        "anonymous": _("Elle souhaite maintenant que son nom ne soit pas donné."),
        "call_first": _("Elle souhaite maintenant être appelée d’abord."),
        "nothing": _("Elle ne souhaite plus de suite."),
    }.get(wish, wish)


PROMISES = frozenset({"promised", "confirmed", "declined", "kept", "broken"})


def promise_words(text: str) -> str:
    """Say again a promise kept as its remedy's code, then somebody's words.

    >>> promise_words("replan Dès jeudi matin")
    'Reprogrammer la visite. Dès jeudi matin'
    """
    code, _space, said = text.partition(" ")
    if code not in REMEDIES:
        return text
    words = REMEDIES[code].words.spoken(languages.current())
    return f"{words}. {said}" if said else words


def told_disclosure(disclosure: str) -> str:
    """Say to a provider what its client wishes, once it may know of the complaint."""
    return {
        "named": _("La personne souhaite que cela soit réglé avec vous, avec son nom."),
        "anonymous": _("La personne souhaite que cela soit réglé avec vous, sans son nom."),
    }.get(disclosure, "")


def mark_words(item: str, value: int) -> str:
    """Say a low mark again: « La visite : 2 Plutôt mal ».

    >>> mark_words("globale", 2), mark_words("ponctualite", 1)
    ('La visite\xa0: 2 Plutôt mal', 'L’heure d’arrivée\xa0: 1 Très en retard')
    """
    questions = {
        "globale": _("La visite"),
        "ponctualite": _("L’heure d’arrivée"),
        "travail": _("Le travail fait"),
        "respect": _("Le comportement"),
    }
    marks = {1: _("Très mal"), 2: _("Plutôt mal")}
    if item == "ponctualite":
        marks = {1: _("Très en retard"), 2: _("Plutôt en retard")}
    question = questions.get(item, _("Une autre question"))
    return _("%(question)s : %(mark)s") % {"question": question, "mark": f"{value} {marks[value]}"}


def marks_words(marks: Iterable[Mark]) -> str:
    """Say low marks in one line, "" without any."""
    words = ". ".join(mark_words(mark.item, mark.value) for mark in marks)
    return f"{words}." if words else ""


def cause_words(cause: str, solution: str) -> str:
    return _("Cause : %(cause)s Solution : %(solution)s") % {
        "cause": _sentence(cause),
        "solution": _sentence(solution),
    }


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def due_words(due_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Say when something is due, or how late it is."""
    days, local = days_apart(due_at, now, zone), due_at.astimezone(zone)
    at = time_text(local, languages.current())
    if due_at < now:
        return _late(-days, at)
    if days == 0:
        return _("Aujourd’hui avant %(hour)s") % {"hour": at}
    if days == 1:
        return _("Demain avant %(hour)s") % {"hour": at}
    return _("Avant %(day)s, %(hour)s") % {"day": day_text(local, languages.current()), "hour": at}


def week_words(due_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Say when something is due to the week: the day of a deadline would tell that of the complaint."""
    if due_at < now:
        return _("En retard")
    weeks = days_apart(due_at, _monday(now, zone), zone) // 7
    if weeks == 0:
        return _("Cette semaine")
    if weeks == 1:
        return _("La semaine prochaine")
    return ngettext("Dans %(count)s semaine", "Dans %(count)s semaines", weeks) % {"count": weeks}


def _monday(now: datetime, zone: ZoneInfo) -> datetime:
    local = now.astimezone(zone)
    return local - timedelta(days=local.weekday())


def _late(days: int, at: str) -> str:
    if days == 0:
        return _("En retard depuis aujourd’hui, %(hour)s") % {"hour": at}
    return ngettext("En retard de %(count)s jour", "En retard de %(count)s jours", days) % {"count": days}


def left_words(due_at: datetime, now: datetime, departement: str) -> str:
    """Say how much time is left, or how late it is, in working days where the client lives."""
    zone = zone_of(departement)
    days = working_days_apart(due_at, now, departement)
    if due_at < now:
        return _overdue(-days, due_at.astimezone(zone))
    if days_apart(due_at, now, zone) == 0:
        return _hours_left(due_at - now)
    words = ngettext("Il reste %(count)s jour ouvré", "Il reste %(count)s jours ouvrés", days)
    return words % {"count": days}


def _overdue(days: int, due: datetime) -> str:
    if days == 0:
        return _("En retard depuis %(moment)s") % {"moment": _local_moment(due)}
    return ngettext("En retard de %(count)s jour ouvré", "En retard de %(count)s jours ouvrés", days) % {
        "count": days
    }


def _hours_left(left: timedelta) -> str:
    hours = left // timedelta(hours=1)
    if not hours:
        return _("Il reste moins d’une heure")
    return ngettext("Il reste %(count)s heure", "Il reste %(count)s heures", hours) % {"count": hours}


def _local_moment(local: datetime) -> str:
    return f"{day_text(local, languages.current())}, {time_text(local, languages.current())}"


def day_words(at: datetime, zone: ZoneInfo) -> str:
    return day_text(at.astimezone(zone), languages.current())


def month_words(at: datetime, zone: ZoneInfo) -> str:
    month = period_text(f"{at.astimezone(zone):%Y-%m}", languages.current())
    return _("en %(month)s") % {"month": month}


def moment_words(at: datetime, zone: ZoneInfo) -> str:
    return _local_moment(at.astimezone(zone))


def promise_tag(state: str) -> Tag:
    """Say what became of a promise."""
    return {
        "promised": ("signal", _("À confirmer")),
        "confirmed": ("info", _("Confirmé")),
        "done": ("ok", _("Tenu")),
        "refused": ("error", _("Refusé")),
        "broken": ("error", _("Non tenu à temps")),
    }[state]


def audience_words(audience: str) -> str:
    """Say who reads a file or a line."""
    return {
        "client": _("Lu aussi par la personne"),
        "all": _("Lu par l’organisme et la plateforme"),
        "staff": _("Lu par l’équipe de la plateforme"),
        "serious": _("Lu par l’encadrement"),
    }[audience]
