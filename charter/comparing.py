"""What is declared of one criterion beside what its clients say of it."""

from dataclasses import dataclass

from markupsafe import Markup

from charter.assessment import Comparison, compare
from charter.declaring import Review
from charter.definition import Criterion, Link, Measured, Source
from charter.measuring import Measure
from charter.words import Tag, answer_words, comparison_tag, detail_words, said, value_words
from quality.measures.views.wording import in_language
from quality.web import languages
from quality.web.format import percent
from quality.web.interval import Share, share_line
from quality.web.languages import gettext as _


@dataclass(frozen=True, slots=True)
class Versus:
    """What is declared beside what is measured."""

    title: str
    declared: str
    measured: str
    is_shown: bool
    detail: str
    drawing: Markup
    tag: Tag
    conclusion: str
    compared: str
    counted: str


def versus(review: Review, criterion: Criterion, measure: Measure | None) -> Versus | None:
    """Set what is declared beside what is measured; None for a criterion that nothing measures."""
    asked = criterion.measured
    if asked is None:
        return None
    verdict = _verdict(review, criterion, asked, measure)
    declared = review.answers.get(criterion.code)
    return Versus(
        title=_versus_title(verdict, asked.link),
        declared=answer_words(declared) if declared else _("Pas encore revu"),
        measured=value_words(measure),
        is_shown=measure is not None and measure.bounds is not None,
        detail=detail_words(measure),
        drawing=_drawing(asked, measure),
        tag=comparison_tag(verdict, asked.link),
        conclusion=_conclusion(asked, measure, verdict),
        compared=said(asked.compared),
        counted=_counted(asked),
    )


def _counted(asked: Measured) -> str:
    """Say which answers count, in the words of the question, inside a sentence."""
    definition = asked.definition()
    if definition is None:
        return ""
    words = in_language(definition.numerator)
    return words[:1].lower() + words[1:]


def _verdict(
    review: Review, criterion: Criterion, asked: Measured, measure: Measure | None
) -> Comparison | None:
    declared = review.answers.get(criterion.code)
    if declared is None or measure is None or measure.bounds is None:
        return None
    return compare(declared, measure.bounds, asked.threshold, asked.minimum)


def _versus_title(verdict: Comparison | None, link: Link) -> str:
    if link is Link.HINT:
        return _("Déclaré, et un indice")
    return {
        Comparison.confirmed: _("La mesure confirme"),
        Comparison.admitted: _("La mesure confirme"),
        Comparison.contradicted: _("La mesure contredit"),
        Comparison.better: _("C’est mieux que déclaré"),
    }.get(verdict or Comparison.unsure, _("Déclaré et mesuré"))


def _conclusion(asked: Measured, measure: Measure | None, verdict: Comparison | None) -> str:
    found = _found(asked, measure, verdict)
    if asked.link is Link.DIRECT:
        return found
    hint = _("Ce n’est qu’un indice : le critère lui-même n’est pas mesuré.")
    return f"{found} {hint}"


def _found(asked: Measured, measure: Measure | None, verdict: Comparison | None) -> str:
    threshold = percent(asked.threshold, 0, languages.current())
    if measure is None or measure.bounds is None:
        return _awaited(asked).format(threshold=threshold)
    if measure.bounds.count < asked.minimum:
        return _too_few(asked.source).format(minimum=asked.minimum)
    if verdict is Comparison.unsure:
        return _("L’intervalle ne permet pas de trancher face au seuil de {threshold}.").format(
            threshold=threshold
        )
    if measure.bounds.low >= asked.threshold:
        return _("Tout l’intervalle atteint le seuil de {threshold}.").format(threshold=threshold)
    if measure.bounds.high < asked.threshold:
        return _("Tout l’intervalle reste sous le seuil de {threshold}.").format(threshold=threshold)
    return _("L’intervalle contient le seuil de {threshold}.").format(threshold=threshold)


def _awaited(asked: Measured) -> str:
    if asked.link is Link.DIRECT:
        return _("Le critère est confirmé quand tout l’intervalle atteint {threshold}.")
    return _("L’indice est favorable quand tout l’intervalle atteint {threshold}.")


def _too_few(source: Source) -> str:
    if source is Source.COMPLAINTS:
        return _("Trop peu de réclamations pour conclure : il en faut {minimum}.")
    return _("Trop peu de réponses pour conclure : il en faut {minimum}.")


def _drawing(asked: Measured, measure: Measure | None) -> Markup:
    if measure is None or measure.bounds is None:
        return Markup("")
    bounds = measure.bounds
    value = None if measure.value is None else float(measure.value)
    lang = languages.current()
    mark = _("seuil {threshold}").format(threshold=percent(asked.threshold, 0, lang))
    return share_line(
        Share(value, float(bounds.low), float(bounds.high), measure.digits),
        asked.threshold,
        mark,
        title=_("Mesuré : {value}, {mark}").format(value=value_words(measure), mark=mark),
        desc=detail_words(measure),
        name="mesure",
        lang=lang,
    )
