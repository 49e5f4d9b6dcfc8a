"""The pages of one chapter and of one criterion, where an answer is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as field_of
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from charter.answering import Draft, Written, field
from charter.applicability import may_leave
from charter.assessment import chapter_scores, neighbours
from charter.comparing import Versus, versus
from charter.declaring import Declared, Review
from charter.definition import LEAVES, Answer, Chapter, Criterion, Mark, Scale
from charter.evidence.listing import HREF as EVIDENCE
from charter.evidence.listing import ProofRow
from charter.measuring import Measure
from charter.result import (
    ComparedRow,
    chapter_href,
    chapter_progress,
    chapter_title,
    compared_rows,
    criterion_href,
    declared_tag,
)
from charter.words import (
    Tag,
    choice_words,
    given_words,
    label_of,
    reviewed_words,
    said,
)
from quality.errors import NotFound
from quality.web import languages
from quality.web.format import moment_text
from quality.web.languages import gettext as _

Errors = tuple[tuple[str, str], ...]
SCALES: Mapping[Scale, tuple[str, ...]] = {Scale.WORDS: tuple(Answer), Scale.MARKS: tuple(Mark)}
REVISIONS = 12
THEIRS = "sienne"  # the choice that leaves what somebody else wrote


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
    given: str
    provider: str
    is_own: bool
    table: str
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
class Theirs:
    """What somebody else wrote meanwhile, beside what the form holds; or what was written before."""

    who: str
    when: str
    answer: str
    text: str
    version: int


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to answer on the page: the criterion, or one of its elements; `suffix` ends its fields."""

    label: str
    code: str
    suffix: str
    choices: tuple[Choice, ...]
    comment: str
    reason: str
    may_leave: bool
    version: int
    theirs: Theirs | None


@dataclass(frozen=True, slots=True)
class CharterCriterion:
    """One criterion: the choices, what is declared, what clients say, and the way to the next."""

    title: str
    sentence: str
    provider: str
    is_own: bool
    up: tuple[tuple[str, str], ...]
    action: str
    sheet: str
    questions: tuple[Question, ...]
    is_changed: bool
    answer: Tag
    texts: tuple[str, ...]
    allows_not_concerned: bool
    saved: str
    history: tuple[Theirs, ...]
    just_saved: str
    evidence: tuple[str, ...]
    proofs: tuple[ProofRow, ...]
    adding: str
    practice: str
    versus: Versus | None
    previous: str
    following: str
    errors: Errors


def chapter_page(
    review: Review, number: int, measured: Mapping[str, Measure], given: Sequence[str] = ()
) -> CharterChapter:
    """Compose the page of a chapter, or answer 404; `given` names the accounts that answer it."""
    scores = chapter_scores(review.edition, review.answers)
    found = next(((chapter, of) for chapter, of in scores if chapter.number == number), None)
    if found is None:
        raise NotFound
    chapter, of = found
    chapters = [None, *review.edition.chapters, None]
    place = chapters.index(chapter)
    compared = {row.code: row for row in compared_rows(review, measured)}
    return CharterChapter(
        title=chapter_title(chapter),
        sentence=_("{reviewed} revus.").format(reviewed=reviewed_words(of)),
        progress=chapter_progress(review, chapter, of),
        given=_("Confié à {names}.").format(names=", ".join(given)) if given else "",
        provider=review.name,
        is_own=review.is_own,
        table=f"/charte/{number}/tableau{review.query}" if review.is_own else "",
        up=f"/charte{review.query}",
        rows=tuple(_row(review, each, compared.get(each.code)) for each in chapter.criteria),
        previous=_chapter_link(review, chapters[place - 1]),
        following=_chapter_link(review, chapters[place + 1]),
    )


def _chapter_link(review: Review, chapter: Chapter | None) -> tuple[str, str] | None:
    return (chapter_href(review, chapter), chapter_title(chapter)) if chapter else None


def _row(review: Review, criterion: Criterion, measured: ComparedRow | None) -> CriterionRow:
    return CriterionRow(
        href=criterion_href(review, criterion),
        code=criterion.code,
        label=label_of(criterion),
        is_compulsory=criterion.compulsory,
        answer=declared_tag(review, criterion),
        comment=" ".join(each.reason or each.comment for each in review.of(criterion)).strip(),
        measured=measured,
    )


@dataclass(frozen=True, slots=True)
class Visit:
    """What the reader of a criterion comes with: a refused form, its errors, the criterion just saved.

    `theirs` is what somebody else wrote meanwhile, `past` what was written before, `sheet` names the
    form, `proofs` are what proves the criterion.
    """

    drafts: Mapping[str, Draft] | None = None
    errors: Errors = ()
    just_saved: str = ""
    theirs: Mapping[str, Written] = field_of(default_factory=dict)
    past: tuple[Written, ...] = ()
    sheet: str = ""
    proofs: tuple[ProofRow, ...] = ()


def criterion_page(
    review: Review, criterion: Criterion, measure: Measure | None, zone: ZoneInfo, visit: Visit
) -> CharterCriterion:
    """Compose the page of a criterion; a refused form comes back as it was filled in."""
    chapter = _chapter_of(review, criterion)
    before, after = neighbours(review.edition, criterion.code)
    return CharterCriterion(
        title=label_of(criterion),
        sentence=_sentence(criterion),
        provider=review.name,
        is_own=review.is_own,
        up=((f"/charte{review.query}", _("Charte")), (chapter_href(review, chapter), chapter_title(chapter))),
        action=criterion_href(review, criterion),
        sheet=visit.sheet,
        questions=tuple(question(review, criterion, code, zone, visit) for code in criterion.asked),
        is_changed=bool(visit.theirs),
        answer=declared_tag(review, criterion),
        texts=_texts(review.of(criterion)),
        allows_not_concerned=may_leave(criterion, review.establishment),
        saved=_saved(max(each.at for each in review.of(criterion)), zone) if review.of(criterion) else "",
        just_saved=visit.just_saved if visit.just_saved in review.answers else "",
        history=tuple(_written(each, zone) for each in visit.past) if len(visit.past) > 1 else (),
        evidence=_evidence(review, criterion),
        proofs=visit.proofs,
        adding=_adding(review, criterion) if review.is_own else "",
        practice=said(criterion.practice) if criterion.practice else "",
        versus=versus(review, criterion, measure),
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


def question(review: Review, criterion: Criterion, code: str, zone: ZoneInfo, visit: Visit) -> Question:
    """Compose one thing to answer; a refused form comes back as it was filled in."""
    declared, theirs = review.declared.get(code), visit.theirs.get(code)
    kept = Draft(declared.answer, declared.comment, declared.reason) if declared else Draft()
    shown = visit.drafts.get(code, kept) if visit.drafts else kept
    read = declared.version if declared else 0
    return Question(
        label=next((said(each.label) for each in criterion.elements if each.code == code), ""),
        code=code,
        suffix=field(criterion, code, ""),
        choices=_choices(review, criterion, shown),
        comment=shown.comment,
        reason=shown.reason,
        may_leave=may_leave(criterion, review.establishment),
        version=read if shown.version is None else shown.version,
        theirs=_written(theirs, zone) if theirs else None,
    )


def _written(written: Written, zone: ZoneInfo) -> Theirs:
    when = moment_text(written.at.astimezone(zone), languages.current())
    text = written.reason or written.comment
    return Theirs(
        written.by or _("Personne de nommé"), when, given_words(written.answer), text, written.version
    )


def _texts(given: tuple[Declared, ...]) -> tuple[str, ...]:
    return tuple(text for each in given for text in (each.comment, each.reason) if text)


def _choices(review: Review, criterion: Criterion, shown: Draft) -> tuple[Choice, ...]:
    scale = review.edition.scale
    offered = [each for each in SCALES[scale] if _is_offered(review, criterion, each)]
    return tuple(
        Choice(each, choice_words(each, scale), str(SCALES[scale].index(each) + 1), each == shown.answer)
        for each in offered
    )


def _is_offered(review: Review, criterion: Criterion, answer: str) -> bool:
    if answer == Mark.RI:
        return _chapter_of(review, criterion).allows_ri
    return answer not in LEAVES or may_leave(criterion, review.establishment)


def _saved(at: datetime, zone: ZoneInfo) -> str:
    when = moment_text(at.astimezone(zone), languages.current())
    return _("Enregistré : {when}.").format(when=when)


def _adding(review: Review, criterion: Criterion) -> str:
    return (
        f"{EVIDENCE}?{urlencode({'critere': criterion.code, 'edition': review.library.name(review.edition)})}"
    )


def _evidence(review: Review, criterion: Criterion) -> tuple[str, ...]:
    labels = {each.code: each.label for each in review.edition.evidence}
    return tuple(said(labels[code]) for code in criterion.evidence)
