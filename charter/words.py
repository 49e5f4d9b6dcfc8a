"""The charter in words: answers, progress, readings, and a measure as one sentence."""

from decimal import Decimal
from fractions import Fraction

from charter.assessment import Comparison, Progress, Score, Strength
from charter.definition import Answer, Criterion, Edition, Link, Mark, Scale, Source, Text
from charter.editions import Library
from charter.measuring import Measure
from charter.scoring.outcome import truncated
from quality.measures.disclosure.status import Status, round_half_up
from quality.measures.views.wording import clients_words, hidden_words
from quality.web import format as text
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

Tag = tuple[str, str, str]  # state, words, icon ("" the state's own)


def said(words: Text) -> str:
    return words.en if languages.current() == "en" else words.fr


def title_of(edition: Edition, library: Library) -> str:
    """Write the title of an edition, with its version where there are several."""
    if library.is_alone(edition):
        return said(edition.title)
    return _("{title}, version {version}").format(title=said(edition.title), version=edition.version)


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


def mark_words(mark: Mark) -> str:
    return {Mark.STAR: "★", Mark.NC: _("Non concerné"), Mark.RI: _("Réponse inadaptée")}.get(mark, mark.value)


def given_words(answer: str) -> str:
    """Write an answer of any scale."""
    return answer_words(Answer(answer)) if answer in set(Answer) else mark_words(Mark(answer))


def choice_words(answer: str, scale: Scale) -> str:
    """Write a choice of the form: what a mark stands for is said beside it."""
    if scale is Scale.WORDS:
        return given_words(answer)
    return {
        Mark.ONE: _("1 : pas du tout satisfait"),
        Mark.TWO: _("2 : plutôt pas satisfait"),
        Mark.THREE: _("3 : plutôt satisfait"),
        Mark.FOUR: _("4 : tout à fait satisfait"),
        Mark.STAR: _("★ : au-delà de ce qui est demandé"),
        Mark.NC: _("Non concerné"),
        Mark.RI: _("Réponse inadaptée : la personne n’a pas pu répondre"),
    }[Mark(answer)]


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

    >>> reviewed_words(Score(7, 5, 0, Fraction(4), 5))
    '5 critères sur 7'
    """
    return ngettext(
        "%(reviewed)s critère sur %(total)s", "%(reviewed)s critères sur %(total)s", score.reviewed
    ) % {"reviewed": score.reviewed, "total": score.total}


def share_percent(share: Fraction) -> int:
    return int(round_half_up(100 * share))


def share_words(share: Fraction | None) -> str:
    return "" if share is None else text.percent(share_percent(share), 0, languages.current())


def value_shown(value: Fraction | Decimal | None, scale: Scale) -> Decimal | None:
    """Give a value as it is shown: a whole per cent, or a mean out of 4 cut after two decimals.

    >>> value_shown(Fraction(3999, 1000), Scale.MARKS), value_shown(Decimal("66.66"), Scale.WORDS)
    (Decimal('3.99'), Decimal('67'))
    """
    if value is None:
        return None
    return truncated(Fraction(value)) if scale is Scale.MARKS else round_half_up(Fraction(value))


def worth_words(value: Fraction | Decimal | None, scale: Scale) -> str:
    """Write a share in per cent, or a mean out of 4; "" without a value."""
    shown, lang = value_shown(value, scale), languages.current()
    if shown is None:
        return ""
    return text.number(shown, 2, lang) if scale is Scale.MARKS else text.percent(shown, 0, lang)


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
