"""The page of a whole assessment: what it found, what to check, what blocks, its principles and a radar."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from charter.assessment import (
    Comparison,
    Score,
    Strength,
    comparisons,
    next_unanswered,
    score,
    unmet,
)
from charter.benchmark.reading import Benchmark
from charter.benchmark.showing import BesideTable, among_peers, since_last
from charter.campaigns.sharing import OwnCampaign
from charter.declaring import EDITION, Review
from charter.definition import Chapter, Criterion, Link, Measured, Scale
from charter.measuring import Measure, bounds_of
from charter.scoring.reading import ChapterReading, Reading, reading
from charter.words import (
    Tag,
    answer_tag,
    comparison_tag,
    contrary_words,
    detail_words,
    given_words,
    label_of,
    progress_tag,
    reviewed_words,
    said,
    share_words,
    strength_tag,
    value_words,
    worth_words,
)
from quality.web import languages
from quality.web.format import capital, percent, spelled
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.radar import Axis, radar

HREF = "/charte"
MOST: Mapping[Scale, int] = {Scale.WORDS: 100, Scale.MARKS: 4}  # what fills an axis of the radar
AXES = 3  # fewer draw no area: their values are in the table beside
UNBESIDE = Benchmark()  # set beside nothing yet


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
    """The assessment of one provider; before the first answer, only what it is and where to begin.

    `is_held` says that missed imperatives come first; `heads` name a part and its value; `last` and `peers`
    set the values beside what was sent before and what others sent.
    """

    title: str
    sentence: str
    provider: str
    is_own: bool
    is_begun: bool
    check: str
    beside: tuple[tuple[str, str], ...]
    next_step: CriterionLink | None
    to_check: tuple[ComparedRow, ...]
    blocking: tuple[CriterionLink, ...]
    blocking_title: str
    blocking_rule: str
    is_held: bool
    principles: tuple[PrincipleRow, ...]
    principles_title: str
    heads: tuple[str, str]
    radar: Markup
    radar_title: str
    radar_sub: str
    total_title: str
    scoring: str
    last: BesideTable
    peers: BesideTable
    compared: tuple[ComparedRow, ...]
    about: tuple[str, ...]
    campaigns: tuple[OwnCampaign, ...]


def result(
    review: Review,
    measured: Mapping[str, Measure],
    beside: Benchmark = UNBESIDE,
    campaigns: tuple[OwnCampaign, ...] = (),
) -> CharterResult:
    """Compose the page from what is declared and measured, what it is set beside, and who asks for it."""
    edition, answers = review.edition, review.answers
    found = reading(edition, review.said)
    whole = score(edition.criteria, answers, edition.scoring)
    rows = compared_rows(review, measured)
    following = next_unanswered(edition, answers)
    is_marks = edition.scale is Scale.MARKS
    titles = {each.number: chapter_title(each) for each in edition.chapters}
    return CharterResult(
        title=_title(review, whole, found, contrary(rows)),
        sentence=_sentence(review, whole),
        provider=review.name,
        is_own=review.is_own,
        is_begun=bool(review.declared),
        check=f"{HREF}/verification{review.query}",
        beside=_beside(review),
        next_step=criterion_link(review, following) if following and review.is_own else None,
        to_check=tuple(row for row in rows if row.is_contrary),
        blocking=tuple(criterion_link(review, each) for each in found.missed),
        blocking_title=_blocking_title(len(found.missed), edition.scale),
        blocking_rule=_("Un impératif est tenu quand chacun de ses éléments est coté 4 ou ★.")
        if is_marks
        else _("Pour un critère obligatoire, seul « Oui » satisfait la charte."),
        is_held=is_marks and bool(found.missed),
        principles=principle_rows(review, found),
        principles_title=_parts_title(review),
        heads=(_("Chapitre"), _("Moyenne sur 4")) if is_marks else (_("Principe"), _("Satisfaits")),
        radar=_radar(found.chapters, edition.scale) if review.declared else Markup(""),
        radar_title=_radar_title(found.chapters, edition.scale),
        radar_sub=_(
            "Moyenne de chaque chapitre, sur 4. « Non concerné » et « Réponse inadaptée » n’y sont pas."
        )
        if is_marks
        else _("Part des critères satisfaits, parmi ceux qui sont revus."),
        total_title=_("Les moyennes, sur 4") if is_marks else _total_title(whole),
        scoring=_scoring(review, whole),
        last=since_last(beside, titles, found.values, edition.scale),
        peers=among_peers(beside, titles, edition.scale),
        compared=tuple(rows),
        about=(said(edition.source), said(edition.ours)),
        campaigns=campaigns,
    )


def _beside(review: Review) -> tuple[tuple[str, str], ...]:
    """Lead whoever reads another's charter to its plan and its evidence; one's own are in the menu."""
    runs = f"{HREF}/evaluations{review.query}", _("Évaluations")
    printed = f"{HREF}.pdf{review.query}", _("Télécharger le PDF")
    if review.is_own:
        return printed, runs, (f"{HREF}/hors-ligne{review.query}", _("Répondre hors ligne"))
    query = f"?organisme={review.code}"
    return (
        printed,
        runs,
        (f"{HREF}/actions{query}", _("Plan d’actions")),
        (f"{HREF}/preuves{query}", _("Preuves")),
    )


def criterion_href(review: Review, criterion: Criterion) -> str:
    return f"{HREF}/{criterion.code.replace('.', '/')}{review.query}"


def chapter_href(review: Review, chapter: Chapter) -> str:
    return f"{HREF}/{chapter.number}{review.query}"


def chapter_title(chapter: Chapter) -> str:
    return f"{chapter.number}. {said(chapter.title)}"


def criterion_link(review: Review, criterion: Criterion) -> CriterionLink:
    return CriterionLink(
        criterion_href(review, criterion),
        criterion.code,
        label_of(criterion),
        declared_tag(review, criterion),
        " ".join(each.comment for each in review.of(criterion) if each.comment),
    )


def declared_tag(review: Review, criterion: Criterion) -> Tag:
    """Say what is declared of a criterion: a word, or its marks."""
    given = review.of(criterion)
    stance = review.answers.get(criterion.code)
    if not criterion.elements or not given:
        return answer_tag(stance)
    state, _words, sign = answer_tag(stance) if stance else ("info", "", "clock")
    return state, ", ".join(given_words(each.answer) for each in given), sign


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
        declared=declared_tag(review, criterion),
        value=value_words(measure),
        is_shown=is_measured,
        detail=detail_words(measure),
        threshold=percent(asked.threshold, 0, languages.current()),
        compared=said(asked.compared),
        link=asked.link,
        verdict=verdict,
        reading=comparison_tag(verdict if is_measured else None, asked.link),
    )


def _title(review: Review, whole: Score, found: Reading, against: str) -> str:
    scale = review.edition.scale
    if not review.declared:
        is_charter = review.edition.code == EDITION
        return _("La charte qualité, en six principes") if is_charter else said(review.edition.title)
    if scale is Scale.MARKS and found.missed:
        return _blocking_title(len(found.missed), scale)
    if against:
        return against
    if whole.reviewed < whole.total:
        return reviewed_title(whole)
    return _radar_title(found.chapters, scale)


def _parts_title(review: Review) -> str:
    if review.edition.scale is Scale.MARKS:
        return _("Les chapitres")
    return _("Les six principes") if review.edition.code == EDITION else _("Les principes")


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


def _blocking_title(count: int, scale: Scale) -> str:
    if scale is Scale.MARKS:
        words = ngettext("Un impératif n’est pas tenu", "%(num)s impératifs ne sont pas tenus", count)
    else:
        words = ngettext(
            "Un critère obligatoire n’est pas satisfait",
            "%(num)s critères obligatoires ne sont pas satisfaits",
            count,
        )
    return capital(words % {"num": spelled(count, languages.current())})


def principle_rows(review: Review, found: Reading) -> tuple[PrincipleRow, ...]:
    return tuple(
        PrincipleRow(
            href=chapter_href(review, each.chapter),
            title=chapter_title(each.chapter),
            reviewed=reviewed_words(each.score),
            progress=chapter_progress(review, each.chapter, each.score),
            share=worth_words(each.value, review.edition.scale),
            strength=strength_tag(each.strength),
        )
        for each in found.chapters
    )


def chapter_progress(review: Review, chapter: Chapter, of: Score) -> Tag:
    return progress_tag(of.progress, is_met=not unmet(chapter, review.answers))


def _weak(chapters: Iterable[ChapterReading]) -> list[Chapter]:
    return [each.chapter for each in chapters if each.strength is Strength.weak]


def _radar_title(chapters: Sequence[ChapterReading], scale: Scale) -> str:
    weak = len(_weak(chapters))
    if scale is Scale.MARKS:
        some = ngettext("Un chapitre à renforcer", "%(num)s chapitres à renforcer", weak)
        return some % {"num": weak} if weak else _("Aucun chapitre revu n’est à renforcer")
    some = ngettext("Un principe à renforcer", "%(num)s principes à renforcer", weak)
    return some % {"num": weak} if weak else _("Aucun principe revu n’est à renforcer")


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


def _radar(chapters: Sequence[ChapterReading], scale: Scale) -> Markup:
    if len(chapters) < AXES:
        return Markup("")
    whole = MOST[scale]
    axes = [
        Axis(
            str(each.chapter.number),
            None if each.value is None else float(100 * each.value / whole),
            is_weak=each.strength is Strength.weak,
        )
        for each in chapters
    ]
    weak = "\u202f; ".join(said(chapter.title) for chapter in _weak(chapters))
    finding = _radar_title(chapters, scale)
    title = _("{finding} : {principles}").format(finding=finding, principles=weak) if weak else finding
    figures = " ".join(_figure(each, scale) for each in chapters)
    return radar(axes, title, figures, name="radar")


def _figure(of: ChapterReading, scale: Scale) -> str:
    value = worth_words(of.value, scale) or _("pas encore revu")
    said_value = (
        _("Chapitre {number} : {value}.") if scale is Scale.MARKS else _("Principe {number} : {value}.")
    )
    return said_value.format(number=of.chapter.number, value=value)
