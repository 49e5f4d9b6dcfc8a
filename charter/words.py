"""The charter in words: answers, progress, readings, and a measure as one sentence."""

from fractions import Fraction

from charter.assessment import Comparison, Progress, Score, Strength
from charter.definition import Answer, Criterion, Link, Source, Text
from charter.measuring import Measure
from quality.measures.disclosure import Status, round_half_up
from quality.measures.wording import clients_words, hidden_words
from quality.web import format as text
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

Tag = tuple[str, str, str]  # state, words, icon ("" the state's own)


def said(words: Text) -> str:
    return words.en if languages.current() == "en" else words.fr


def label_of(criterion: Criterion) -> str:
    """Write a criterion as a heading, without its full stop."""
    return said(criterion.label).removesuffix(".")


def answer_words(answer: Answer) -> str:
    return {
        Answer.YES: _("Oui"),
        Answer.PARTLY: _("En partie"),
        Answer.NO: _("Non"),
        Answer.NOT_CONCERNED: _("Non concerné"),
    }[answer]


def answer_tag(answer: Answer | None) -> Tag:
    if answer is None:
        return "", _("À revoir"), ""
    state, sign = {
        Answer.YES: ("ok", ""),
        Answer.PARTLY: ("info", "clock"),
        Answer.NO: ("signal", ""),
        Answer.NOT_CONCERNED: ("", "info"),
    }[answer]
    return state, answer_words(answer), sign


def progress_tag(progress: Progress, *, is_met: bool) -> Tag:
    """Say how far a review is; a complete one is a success only when every compulsory criterion is met."""
    if progress is Progress.done and not is_met:
        return "info", _("Revu en entier"), ""
    return {
        Progress.done: ("ok", _("Terminé"), ""),
        Progress.ongoing: ("info", _("En cours"), "clock"),
        Progress.todo: ("", _("À commencer"), ""),
    }[progress]


def strength_tag(strength: Strength) -> Tag | None:
    return {
        Strength.solid: ("ok", _("Solide"), ""),
        Strength.fair: ("info", _("Correct"), ""),
        Strength.weak: ("signal", _("À renforcer"), ""),
        Strength.unknown: None,
    }[strength]


def comparison_tag(comparison: Comparison | None, link: Link) -> Tag:
    """Say what a measure tells of a declaration; None while nothing is declared or measured."""
    if comparison is None:
        return "", _("Rien à comparer encore"), ""
    if comparison is Comparison.unsure:
        return "", _("On ne peut pas conclure"), ""
    return _verdict_tag(comparison) if link is Link.DIRECT else _hint_tag(comparison)


def _verdict_tag(comparison: Comparison) -> Tag:
    return {
        Comparison.confirmed: ("ok", _("Confirmé"), ""),
        Comparison.contradicted: ("signal", _("Contredit"), ""),
        Comparison.better: ("ok", _("Mieux que déclaré"), ""),
        Comparison.admitted: ("ok", _("Confirmé"), ""),
    }[comparison]


def _hint_tag(comparison: Comparison) -> Tag:
    return {
        Comparison.confirmed: ("info", _("Indice favorable"), ""),
        Comparison.contradicted: ("signal", _("Indice contraire : à vérifier"), ""),
        Comparison.better: ("info", _("Indice favorable"), ""),
        Comparison.admitted: ("", _("Indice dans le même sens"), ""),
    }[comparison]


def contrary_words(contradicted: int, hints: int) -> str:
    """Say how many answers a measure contradicts, else how many hints go against what is declared."""
    if contradicted:
        words = ngettext(
            "Une réponse est contredite par la mesure",
            "%(num)s réponses sont contredites par la mesure",
            contradicted,
        )
        return words % {"num": contradicted}
    if not hints:
        return ""
    words = ngettext("Un indice contraire, à vérifier", "%(num)s indices contraires, à vérifier", hints)
    return words % {"num": hints}


def reviewed_words(score: Score) -> str:
    """Count the criteria reviewed.

    >>> reviewed_words(Score(7, 5, 0, Fraction(4)))
    '5 critères sur 7'
    """
    return ngettext(
        "%(reviewed)s critère sur %(total)s", "%(reviewed)s critères sur %(total)s", score.reviewed
    ) % {"reviewed": score.reviewed, "total": score.total}


def share_percent(share: Fraction) -> int:
    return int(round_half_up(100 * share))


def share_words(share: Fraction | None) -> str:
    return "" if share is None else text.percent(share_percent(share), 0, languages.current())


def value_words(measure: Measure | None) -> str:
    """Write a measured value, the bound that stands for it, or why there is none."""
    if measure is None or (measure.figure and measure.figure.status is Status.M):
        return _("Pas encore mesuré")
    if measure.bounds is None:
        return hidden_words(measure.figure.status) if measure.figure else ""
    lang = languages.current()
    if measure.value is not None:
        return text.percent(measure.value, measure.digits, lang)
    return text.interval_text(measure.bounds.low, measure.bounds.high, measure.digits, lang)


def detail_words(measure: Measure | None) -> str:
    """Write the interval, how many people, and when; nothing beside a hidden figure but when."""
    if measure is None:
        return ""
    parts = []
    if measure.bounds is not None:
        bounds = measure.bounds
        if measure.value is not None:
            parts.append(text.interval_text(bounds.low, bounds.high, measure.digits, languages.current()))
        parts.append(count_words(measure.source, bounds.count))
    return ", ".join((*parts, when_words(measure)))


def count_words(source: Source, count: int) -> str:
    if source is Source.COMPLAINTS:
        return ngettext("%(num)s réclamation", "%(num)s réclamations", count) % {"num": count}
    return clients_words(count)


def when_words(measure: Measure) -> str:
    if measure.source is Source.COMPLAINTS:
        return _("12 derniers mois")
    when = text.period_text(measure.period, languages.current())
    return _("{place}, {period}").format(place=measure.place, period=when)
