"""The report of complaints in words: a finding first, then its figures; what is too few is said so."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from quality.complaints.learning.reading import Authority
from quality.complaints.learning.shares import DAYS_WITHIN, LEAST, Delays, Share, Told, Verdicts, folded
from quality.complaints.vocabulary import CAUSES, REMEDIES
from quality.measures.disclosure.status import round_half_up
from quality.measures.statistics.survival import Bounds
from quality.web import languages
from quality.web.charts import hbar, interval_dot
from quality.web.format import count, interval_text, number, percent
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

Bar = tuple[str, Markup, str]
FEW_FOR_A_SHARE = 11  # under it a share is written as it is, without a conclusion


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One share of the table; `value` says why where `is_shown` is false."""

    label: str
    value: str
    interval: str
    over: str
    drawing: Markup
    is_shown: bool


def few() -> str:
    return _("moins de 5")


def days_words(days: float) -> str:
    """Say a delay in whole days."""
    whole = int(round_half_up(days))
    if not whole:
        return _("moins d’un jour")
    return ngettext("{num} jour", "{num} jours", whole).format(num=count(whole, languages.current()))


def half_words(found: Bounds) -> str:
    """Say the bounds of a median."""
    low = number(int(round_half_up(found.low)), 0, languages.current())
    if found.high is None:
        return _("au moins {low} jours, trop sont ouvertes pour en dire plus").format(low=low)
    return _("intervalle à 95 % : {low} à {high}").format(low=low, high=days_words(found.high))


def title(of: Delays) -> str:
    """Title the page by what it found."""
    if of.half is None:
        return _("Réclamations : ce qu’elles apprennent")
    return _("La moitié des réclamations a une solution en {days}").format(days=days_words(of.half.value))


def opened_sentence(number_of: int, since: str) -> str:
    words = ngettext("{num} réclamation ouverte", "{num} réclamations ouvertes", number_of)
    return _("{opened} depuis {since}.").format(
        opened=words.format(num=count(number_of, languages.current())), since=since
    )


def delay_sentence(of: Delays) -> str:
    """Say how long a remedy takes, the open ones held."""
    open_words = ngettext(
        "{num} encore ouverte compte aussi", "{num} encore ouvertes comptent aussi", of.still_open
    )
    still = open_words.format(num=count(of.still_open, languages.current())) if of.still_open else ""
    if of.half is None:
        start = _("Moins de la moitié a reçu une solution : on ne peut pas encore dire en combien de jours")
    else:
        start = _("La moitié a reçu une solution en {days} au plus").format(days=days_words(of.half.value))
    return f"{start}, {still}." if still else f"{start}."


def cause_sentence(told: Sequence[Told]) -> str:
    """Name the most frequent cause among those written; "" without one."""
    causes = Counter(each.cause for each in told if each.cause)
    shown, _rest = folded(causes)
    if not shown:
        return ""
    code, most = shown[0]
    return _("La cause écrite le plus souvent : {cause} ({num} fois).").format(
        cause=cause_words(code), num=count(most, languages.current())
    )


def authority_sentence(of: Authority) -> str:
    """Say how often the desk wanted to grant something and could not."""
    if not of.complaints:
        return _("Le poste d’appels n’a encore rien accordé, ni rien dû refuser.")
    lang = languages.current()
    if not of.refused_complaints:
        return _(
            "Chaque fois que le poste d’appels a voulu accorder une solution, il en avait le pouvoir "
            "(réclamations : {num})."
        ).format(num=count(of.complaints, lang))
    return _(
        "Le poste d’appels a voulu accorder une solution dans {all} réclamations. "
        "Dans {refused} d’entre elles, il n’en avait pas le pouvoir."
    ).format(all=count(of.complaints, lang), refused=count(of.refused_complaints, lang))


def verdict_sentence(of: Verdicts) -> str:
    lang = languages.current()
    said = _("Avis des personnes : {settled} « c’est réglé », {not_settled} « ce n’est pas réglé ».").format(
        settled=count(of.settled, lang), not_settled=count(of.not_settled, lang)
    )
    if not of.silent:
        return said
    silent = ngettext(
        "{num} n’a pas répondu : ce silence n’est pas un accord.",
        "{num} n’ont pas répondu : ce silence n’est pas un accord.",
        of.silent,
    )
    return f"{said} {silent.format(num=count(of.silent, lang))}"


def serious_sentence(of: Share) -> str:
    """Count the serious events that had a day; "" without one."""
    if not of.whole:
        return ""
    words = ngettext(
        "Événements graves : {num} signalé, {kept} pris en charge en 24 heures.",
        "Événements graves : {num} signalés, {kept} pris en charge en 24 heures.",
        of.whole,
    )
    lang = languages.current()
    return words.format(num=count(of.whole, lang), kept=count(of.part, lang))


def cause_words(code: str) -> str:
    """Name a cause; a complaint that nobody answered yet has none."""
    if not code:
        return _("Cause pas encore écrite")
    known = CAUSES.get(code)
    return known.words.spoken(languages.current()) if known else code


def remedy_words(code: str) -> str:
    known = REMEDIES.get(code)
    return known.words.spoken(languages.current()) if known else code


def reason_words(reason: str) -> str:
    return {
        "above_limit": _("Au-dessus de sa limite"),
        "not_granted": _("Pas dans ses pouvoirs"),
        "no_grid": _("Aucun pouvoir convenu avec l’organisme"),
    }.get(reason, reason)


def who_words(who: str) -> str:
    return {
        "agent": _("un agent"),
        "supervisor": _("le superviseur"),
        "platform": _("la plateforme"),
        "provider": _("l’organisme"),
    }.get(who, who)


def share_row(label: str, of: Share, unit: str, *, least: int = 1) -> ShareRow:
    """Write a share with its interval; of fewer than `least` it says so instead."""
    found = of.interval
    bounds = None if found is None else Bounds(found.value, found.low, found.high)
    return _row(label, bounds, of.whole, unit, least)


def within_row(of: Delays, unit: str, *, least: int = 1) -> ShareRow:
    label = _("Solution en {days} jours").format(days=DAYS_WITHIN)
    return _row(label, of.within, of.cases, unit, least)


def _row(label: str, bounds: Bounds | None, whole: int, unit: str, least: int) -> ShareRow:
    if bounds is None or whole < least:
        why = _("pas encore de mesure") if not whole else few()
        return ShareRow(label, why, "", "", Markup(""), is_shown=False)
    lang = languages.current()
    value, low = 100 * bounds.value, 100 * bounds.low
    high = 100.0 if bounds.high is None else 100 * bounds.high
    over = f"{count(whole, lang)} {unit}"
    return ShareRow(
        label=label,
        value=percent(round_half_up(value), 0, lang),
        interval=interval_text(round_half_up(low), round_half_up(high), 0, lang),
        over=over if whole >= FEW_FOR_A_SHARE else _("{over}, trop peu pour conclure").format(over=over),
        drawing=interval_dot(value, low, high),
        is_shown=True,
    )


def month_bars(labels: Sequence[str], counts: Sequence[int | None]) -> tuple[Bar, ...]:
    """Draw the complaints opened each month; a count of 1 to 4 is hidden from a provider."""
    most = max((each for each in counts if each is not None), default=0)
    return tuple(_bar(label, each, most) for label, each in zip(labels, counts, strict=True))


def _bar(label: str, of: int | None, most: int) -> Bar:
    if of is None:
        return label, Markup(""), few()
    return label, hbar(of / most if most else 0), count(of, languages.current())


def counted_bars(counts: Counter[str], words: dict[str, str], others: str, *, least: int) -> tuple[Bar, ...]:
    """Draw counts, the greatest first; under `least` they are one line together."""
    if least > 1:
        shown, rest = folded(counts)
    else:
        shown, rest = sorted(counts.items(), key=lambda each: (-each[1], words[each[0]])), 0
    most = max((each for _, each in shown), default=rest)
    rows = [_bar(words[code], each, max(most, rest)) for code, each in shown]
    if rest:
        rows.append(_bar(others, rest if rest >= LEAST else None, max(most, rest)))
    return tuple(rows)
