"""The pages of one chapter and of one criterion, where an answer is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from charter.assessment import Comparison, chapter_scores, compare, neighbours
from charter.declaring import Draft, Review
from charter.definition import Answer, Chapter, Criterion, Link, Measured, Source
from charter.measuring import Measure
from charter.result import (
    ComparedRow,
    chapter_href,
    chapter_progress,
    chapter_title,
    compared_rows,
    criterion_href,
)
from charter.words import (
    Tag,
    answer_tag,
    answer_words,
    comparison_tag,
    detail_words,
    label_of,
    reviewed_words,
    said,
    value_words,
)
from quality.errors import NotFound
from quality.measures.detail import in_language
from quality.web import languages
from quality.web.format import moment_text, percent
from quality.web.interval import Share, share_line
from quality.web.languages import gettext as _

Errors = tuple[tuple[str, str], ...]
KEYS = {Answer.YES: "1", Answer.PARTLY: "2", Answer.NO: "3", Answer.NOT_CONCERNED: "4"}


@dataclass(frozen=True, slots=True)
class CriterionRow:
    href: str
    code: str
    label: str
    is_compulsory: bool
    answer: Tag
    comment: str
    measured: ComparedRow | None


@dataclass(frozen=True, slots=True)
class CharterChapter:
    """The criteria of one principle, with what is declared and measured of each."""

    title: str
    sentence: str
    progress: Tag
    provider: str
    is_own: bool
    up: str
    rows: tuple[CriterionRow, ...]
    previous: tuple[str, str] | None
    following: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    words: str
    key: str
    is_chosen: bool


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


@dataclass(frozen=True, slots=True)
class CharterCriterion:
    """One criterion: the choices, what is declared, what clients say, and the way to the next."""

    title: str
    sentence: str
    provider: str
    is_own: bool
    up: tuple[tuple[str, str], ...]
    action: str
    choices: tuple[Choice, ...]
    answer: Tag
    comment: str
    reason: str
    allows_not_concerned: bool
    saved: str
    just_saved: str
    evidence: tuple[str, ...]
    versus: Versus | None
    previous: str
    following: str
    errors: Errors


def chapter_page(review: Review, number: int, measured: Mapping[str, Measure]) -> CharterChapter:
    """Compose the page of a chapter, or answer 404."""
    scores = chapter_scores(review.edition, review.answers)
    found = next(((chapter, of) for chapter, of in scores if chapter.number == number), None)
    if found is None:
        raise NotFound
    chapter, of = found
    compared = {row.code: row for row in compared_rows(review, measured)}
    return CharterChapter(
        title=chapter_title(chapter),
        sentence=_("{reviewed} revus.").format(reviewed=reviewed_words(of)),
        progress=chapter_progress(review, chapter, of),
        provider=review.name,
        is_own=review.is_own,
        up=f"/charte{review.query}",
        rows=tuple(_row(review, each, compared.get(each.code)) for each in chapter.criteria),
        previous=_chapter_link(review, number - 1),
        following=_chapter_link(review, number + 1),
    )


def _chapter_link(review: Review, number: int) -> tuple[str, str] | None:
    for chapter in review.edition.chapters:
        if chapter.number == number:
            return chapter_href(review, chapter), chapter_title(chapter)
    return None


def _row(review: Review, criterion: Criterion, measured: ComparedRow | None) -> CriterionRow:
    declared = review.declared.get(criterion.code)
    return CriterionRow(
        href=criterion_href(review, criterion),
        code=criterion.code,
        label=label_of(criterion),
        is_compulsory=criterion.compulsory,
        answer=answer_tag(declared.answer if declared else None),
        comment=(declared.reason or declared.comment) if declared else "",
        measured=measured,
    )


@dataclass(frozen=True, slots=True)
class Visit:
    """What the reader of a criterion comes with: a refused form, its errors, the criterion just saved."""

    draft: Draft | None = None
    errors: Errors = ()
    just_saved: str = ""


def criterion_page(
    review: Review, criterion: Criterion, measure: Measure | None, zone: ZoneInfo, visit: Visit
) -> CharterCriterion:
    """Compose the page of a criterion; a refused form comes back as it was filled in."""
    declared = review.declared.get(criterion.code)
    kept = Draft(declared.answer, declared.comment, declared.reason) if declared else Draft()
    shown = visit.draft or kept
    chapter = _chapter_of(review, criterion)
    before, after = neighbours(review.edition, criterion.code)
    return CharterCriterion(
        title=label_of(criterion),
        sentence=_sentence(criterion),
        provider=review.name,
        is_own=review.is_own,
        up=((f"/charte{review.query}", _("Charte")), (chapter_href(review, chapter), chapter_title(chapter))),
        action=criterion_href(review, criterion),
        choices=_choices(review, criterion, shown),
        answer=answer_tag(declared.answer if declared else None),
        comment=shown.comment,
        reason=shown.reason,
        allows_not_concerned=criterion.allows_not_concerned,
        saved=_saved(declared.at, zone) if declared else "",
        just_saved=visit.just_saved if visit.just_saved in review.declared else "",
        evidence=_evidence(review, criterion),
        versus=_versus(review, criterion, measure),
        previous=criterion_href(review, before) if before else "",
        following=criterion_href(review, after) if after else "",
        errors=visit.errors,
    )


def _chapter_of(review: Review, criterion: Criterion) -> Chapter:
    return next(chapter for chapter in review.edition.chapters if criterion in chapter.criteria)


def _sentence(criterion: Criterion) -> str:
    if not criterion.compulsory:
        return _("Critère {code}.").format(code=criterion.code)
    if criterion.applies_to:
        return _("Critère {code}, obligatoire si vous avez des clients fragiles.").format(code=criterion.code)
    return _("Critère {code}, obligatoire.").format(code=criterion.code)


def _choices(review: Review, criterion: Criterion, shown: Draft) -> tuple[Choice, ...]:
    offered = [
        answer
        for answer in review.edition.scale
        if answer is not Answer.NOT_CONCERNED or criterion.allows_not_concerned
    ]
    return tuple(Choice(each, answer_words(each), KEYS[each], each == shown.answer) for each in offered)


def _saved(at: datetime, zone: ZoneInfo) -> str:
    when = moment_text(at.astimezone(zone), languages.current())
    return _("Enregistré : {when}.").format(when=when)


def _evidence(review: Review, criterion: Criterion) -> tuple[str, ...]:
    labels = {each.code: each.label for each in review.edition.evidence}
    return tuple(said(labels[code]) for code in criterion.evidence)


def _versus(review: Review, criterion: Criterion, measure: Measure | None) -> Versus | None:
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
