"""The page of a whole assessment: what it found, what to check, what blocks, six principles and a radar."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from charter.assessment import (
    Comparison,
    Score,
    Strength,
    chapter_scores,
    comparisons,
    next_unanswered,
    score,
    unmet,
)
from charter.declaring import Review
from charter.definition import Chapter, Criterion, Link, Measured
from charter.measuring import Measure, bounds_of
from charter.words import (
    Tag,
    answer_tag,
    comparison_tag,
    contrary_words,
    detail_words,
    label_of,
    progress_tag,
    reviewed_words,
    said,
    share_percent,
    share_words,
    strength_tag,
    value_words,
)
from quality.web import languages
from quality.web.format import capital, percent, spelled
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.radar import Axis, radar

HREF = "/charte"


@dataclass(frozen=True, slots=True)
class PrincipleRow:
    """One principle: how far its review is, and what its answers add up to."""

    href: str
    title: str
    reviewed: str
    progress: Tag
    share: str
    strength: Tag | None


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One criterion that clients' answers or complaints measure, and what is compared."""

    href: str
    code: str
    label: str
    declared: Tag
    value: str
    is_shown: bool
    detail: str
    threshold: str
    compared: str
    link: Link
    verdict: Comparison | None
    reading: Tag

    @property
    def is_contrary(self) -> bool:
        return self.verdict is Comparison.contradicted


@dataclass(frozen=True, slots=True)
class CriterionLink:
    href: str
    code: str
    label: str
    answer: Tag
    comment: str


@dataclass(frozen=True, slots=True)
class CharterResult:
    """The assessment of one provider; before the first answer, only what it is and where to begin."""

    title: str
    sentence: str
    provider: str
    is_own: bool
    is_begun: bool
    next_step: CriterionLink | None
    to_check: tuple[ComparedRow, ...]
    blocking: tuple[CriterionLink, ...]
    blocking_title: str
    principles: tuple[PrincipleRow, ...]
    radar: Markup
    radar_title: str
    total_title: str
    scoring: str
    compared: tuple[ComparedRow, ...]
    about: tuple[str, ...]


def result(review: Review, measured: Mapping[str, Measure]) -> CharterResult:
    """Compose the page from what is declared and what is measured."""
    edition, answers = review.edition, review.answers
    scores = chapter_scores(edition, answers)
    whole = score(edition.criteria, answers, edition.scoring)
    rows = compared_rows(review, measured)
    blocking = unmet(edition, answers)
    following = next_unanswered(edition, answers)
    return CharterResult(
        title=_title(whole, scores, contrary(rows)),
        sentence=_sentence(review, whole),
        provider=review.name,
        is_own=review.is_own,
        is_begun=bool(answers),
        next_step=criterion_link(review, following) if following and review.is_own else None,
        to_check=tuple(row for row in rows if row.is_contrary),
        blocking=tuple(criterion_link(review, each) for each in blocking),
        blocking_title=_blocking_title(len(blocking)),
        principles=tuple(principle_row(review, chapter, of) for chapter, of in scores),
        radar=_radar(scores) if answers else Markup(""),
        radar_title=_radar_title(scores),
        total_title=_total_title(whole),
        scoring=_scoring(review, whole),
        compared=tuple(rows),
        about=(said(edition.source), said(edition.ours)),
    )


def criterion_href(review: Review, criterion: Criterion) -> str:
    return f"{HREF}/{criterion.code.replace('.', '/')}{review.query}"


def chapter_href(review: Review, chapter: Chapter) -> str:
    return f"{HREF}/{chapter.number}{review.query}"


def chapter_title(chapter: Chapter) -> str:
    return f"{chapter.number}. {said(chapter.title)}"


def criterion_link(review: Review, criterion: Criterion) -> CriterionLink:
    declared = review.declared.get(criterion.code)
    return CriterionLink(
        criterion_href(review, criterion),
        criterion.code,
        label_of(criterion),
        answer_tag(declared.answer if declared else None),
        declared.comment if declared else "",
    )


def contrary(rows: Iterable[ComparedRow]) -> str:
    """Count what goes against what is declared, in words; "" when nothing does."""
    links = [row.link for row in rows if row.is_contrary]
    return contrary_words(links.count(Link.DIRECT), links.count(Link.HINT))


def compared_rows(review: Review, measured: Mapping[str, Measure]) -> list[ComparedRow]:
    """Give every measurable criterion with what the measure says of it."""
    verdicts = {
        criterion.code: verdict
        for criterion, verdict in comparisons(review.edition, review.answers, bounds_of(measured))
    }
    return [
        _compared_row(review, each, asked, measured.get(each.code), verdicts.get(each.code))
        for each in review.edition.criteria
        if (asked := each.measured)
    ]


def _compared_row(
    review: Review,
    criterion: Criterion,
    asked: Measured,
    measure: Measure | None,
    verdict: Comparison | None,
) -> ComparedRow:
    is_measured = measure is not None and measure.bounds is not None
    return ComparedRow(
        href=criterion_href(review, criterion),
        code=criterion.code,
        label=label_of(criterion),
        declared=answer_tag(review.answers.get(criterion.code)),
        value=value_words(measure),
        is_shown=is_measured,
        detail=detail_words(measure),
        threshold=percent(asked.threshold, 0, languages.current()),
        compared=said(asked.compared),
        link=asked.link,
        verdict=verdict,
        reading=comparison_tag(verdict if is_measured else None, asked.link),
    )


def _title(whole: Score, scores: Sequence[tuple[Chapter, Score]], against: str) -> str:
    if not whole.reviewed:
        return _("La charte qualité, en six principes")
    if against:
        return against
    if whole.reviewed < whole.total:
        return reviewed_title(whole)
    return _radar_title(scores)


def reviewed_title(whole: Score) -> str:
    return ngettext(
        "%(reviewed)s critère revu sur %(total)s", "%(reviewed)s critères revus sur %(total)s", whole.reviewed
    ) % {"reviewed": whole.reviewed, "total": whole.total}


def _sentence(review: Review, whole: Score) -> str:
    title = said(review.edition.title)
    left = whole.total - whole.reviewed
    if not left:
        return _("{title}. Tous les critères sont revus.").format(title=title)
    waiting = ngettext("Il reste %(num)s critère à revoir.", "Il reste %(num)s critères à revoir.", left)
    return f"{title}. {waiting % {'num': left}}"


def _blocking_title(count: int) -> str:
    words = ngettext(
        "Un critère obligatoire n’est pas satisfait",
        "%(num)s critères obligatoires ne sont pas satisfaits",
        count,
    )
    return capital(words % {"num": spelled(count, languages.current())})


def principle_row(review: Review, chapter: Chapter, of: Score) -> PrincipleRow:
    return PrincipleRow(
        href=chapter_href(review, chapter),
        title=chapter_title(chapter),
        reviewed=reviewed_words(of),
        progress=chapter_progress(review, chapter, of),
        share=share_words(of.share),
        strength=strength_tag(of.strength),
    )


def chapter_progress(review: Review, chapter: Chapter, of: Score) -> Tag:
    return progress_tag(of.progress, is_met=not unmet(chapter, review.answers))


def _weak(scores: Iterable[tuple[Chapter, Score]]) -> list[Chapter]:
    return [chapter for chapter, of in scores if of.strength is Strength.weak]


def _radar_title(scores: Sequence[tuple[Chapter, Score]]) -> str:
    weak = _weak(scores)
    if not weak:
        return _("Aucun principe revu n’est à renforcer")
    return ngettext("Un principe à renforcer", "%(num)s principes à renforcer", len(weak)) % {
        "num": len(weak)
    }


def _total_title(whole: Score) -> str:
    satisfied = "" if whole.share is None else share_words(whole.share)
    if not satisfied:
        return reviewed_title(whole)
    return _("{share} des critères revus sont satisfaits").format(share=satisfied)


def _scoring(review: Review, whole: Score) -> str:
    rule = said(review.edition.scoring.words)
    if not whole.not_concerned:
        return rule
    left = ngettext(
        "%(num)s critère non concerné.", "%(num)s critères non concernés.", whole.not_concerned
    ) % {"num": whole.not_concerned}
    return f"{rule} {left}"


def _radar(scores: Sequence[tuple[Chapter, Score]]) -> Markup:
    axes = [
        Axis(
            str(chapter.number),
            None if of.share is None else share_percent(of.share),
            is_weak=of.strength is Strength.weak,
        )
        for chapter, of in scores
    ]
    weak = "\u202f; ".join(said(chapter.title) for chapter in _weak(scores))
    finding = _radar_title(scores)
    title = _("{finding} : {principles}").format(finding=finding, principles=weak) if weak else finding
    figures = " ".join(_figure(chapter, of) for chapter, of in scores)
    return radar(axes, title, figures, name="radar")


def _figure(chapter: Chapter, of: Score) -> str:
    value = share_words(of.share) or _("pas encore revu")
    return _("Principe {number} : {value}.").format(number=chapter.number, value=value)
