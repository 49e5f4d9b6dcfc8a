"""/charte/evaluations/reprise: what a new run takes over and asks again, then the run that begins so."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from charter.definition import Criterion
from charter.evidence.keeping import proofs
from charter.evidence.proving import by_criterion
from charter.result import chapter_title
from charter.rules import WRITERS
from charter.runs.carrying import CarryMoved, CarryOver, begin_from, carry_over
from charter.runs.succession import Again, Why
from charter.words import given_words, label_of, said, title_of
from quality.access.scope import scoped
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

HREF = "/charte/evaluations/reprise"
Errors = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CarryLine:
    """One criterion, or one of its elements: its code and words, and what is said of it."""

    code: str
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class CarryGroup:
    """What is to be answered for one reason."""

    id: str
    title: str
    sentence: str
    lines: tuple[CarryLine, ...]


@dataclass(frozen=True, slots=True)
class CharterCarry:
    """The preview of a run on another version; `name`, `kind` and `seal` go with the form that begins it."""

    title: str
    sentence: str
    up: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    kept: tuple[CarryLine, ...]
    again: tuple[CarryGroup, ...]
    gone: tuple[CarryLine, ...]
    given: tuple[tuple[str, str], ...]
    name: str
    kind: str
    seal: str
    errors: Errors


async def show_carry(request: Request) -> Response:
    asked = request.query_params
    return await _preview(request, asked.get("edition", ""), asked.get("etendue", ""))


async def begin_carried(request: Request) -> Response:
    """Begin the run as it was shown; what has changed meanwhile is shown again first."""
    async with request.form() as form:
        name, kind, seal = (str(form.get(each, "")) for each in ("edition", "etendue", "sceau"))
    try:
        await begin_from(signed_in(request), name, kind, seal)
    except CarryMoved as moved:
        told = _("Une réponse a changé depuis cet aperçu : relisez-le, puis confirmez.")
        return await _preview(request, name, kind, (("", told),), moved.status)
    return RedirectResponse(f"/charte?{urlencode({'edition': name})}", 303)


async def _preview(
    request: Request, name: str, kind: str, errors: Errors = (), status: int = 200
) -> Response:
    actor = signed_in(request)
    async with scoped(actor) as db:
        of = await carry_over(db, actor, name, kind)
        proving = by_criterion(await proofs(db, of.source.provider), of.target, of.source.library)
    return await render(request, carry_page(of, len(proving), errors), status)


def carry_page(of: CarryOver, proven: int, errors: Errors = ()) -> CharterCarry:
    """Compose the preview; `proven` criteria of the new version have evidence already."""
    library, found = of.source.library, of.found
    kept, again, gone = len(found.kept), len(found.again), len(found.gone)
    return CharterCarry(
        title=_title(kept, is_version=of.source.edition.code == of.target.code),
        sentence=_(
            "De « {before} » à « {after} ». L’évaluation d’avant et ce qui a été envoyé ne changent pas."
        ).format(before=title_of(of.source.edition, library), after=title_of(of.target, library)),
        up=(("/charte", _("Charte")), ("/charte/evaluations", _("Évaluations"))),
        facts=(
            (_("Repris"), ngettext("%(num)s réponse", "%(num)s réponses", kept) % {"num": kept}),
            (_("À répondre"), ngettext("%(num)s réponse", "%(num)s réponses", again) % {"num": again}),
            (_("Plus demandé"), ngettext("%(num)s réponse", "%(num)s réponses", gone) % {"num": gone}),
            (_("Déjà prouvés"), ngettext("%(num)s critère", "%(num)s critères", proven) % {"num": proven}),
        ),
        kept=tuple(
            CarryLine(
                each.code, _label(each.criterion, each.code), _kept(each.before, each.code, each.answer)
            )
            for each in found.kept
        ),
        again=tuple(_groups(found.again)),
        gone=tuple(
            CarryLine(each.code, _label(each.criterion, each.code), given_words(each.answer))
            for each in found.gone
        ),
        given=tuple(
            (chapter_title(each), ", ".join(name for _id, name in of.given[each.number]))
            for each in of.target.chapters
            if each.number in of.given
        ),
        name=library.name(of.target),
        kind=of.kind,
        seal=of.seal,
        errors=errors,
    )


def _title(kept: int, *, is_version: bool) -> str:
    if not kept:  # of another edition, something is always taken over
        return _("Nouvelle version : aucune réponse n’est reprise")
    words = (
        ngettext(
            "Nouvelle version : %(num)s réponse est reprise",
            "Nouvelle version : %(num)s réponses sont reprises",
            kept,
        )
        if is_version
        else ngettext(
            "Nouvelle édition : %(num)s réponse est reprise",
            "Nouvelle édition : %(num)s réponses sont reprises",
            kept,
        )
    )
    return words % {"num": kept}


def _kept(before: str, code: str, answer: str) -> str:
    words = given_words(answer)
    return words if before == code else _("{answer}, donnée au {code}").format(answer=words, code=before)


def _label(criterion: Criterion, code: str) -> str:
    return next((said(each.label) for each in criterion.elements if each.code == code), label_of(criterion))


def _groups(again: tuple[Again, ...]) -> Iterator[CarryGroup]:
    order = list(Why)
    by_reason = sorted(again, key=lambda each: order.index(each.why))
    for why, lines in groupby(by_reason, key=lambda each: each.why):
        title, sentence = _reason(why)
        yield CarryGroup(
            why,
            title,
            sentence,
            tuple(
                CarryLine(
                    each.code,
                    _label(each.criterion, each.code),
                    _("Avant : {answer}").format(answer=given_words(each.answer)) if each.answer else "",
                )
                for each in lines
            ),
        )


def _reason(why: Why) -> tuple[str, str]:
    return {
        Why.NEW: (_("Nouveaux"), _("L’évaluation d’avant ne les demandait pas.")),
        Why.REWORDED: (_("Reformulés"), _("Leurs mots ont changé : votre réponse d’avant n’y répond pas.")),
        Why.SCALE: (_("Autre échelle"), _("On n’y répond plus de la même façon.")),
        Why.REFUSED: (_("Réponse plus admise"), _("Votre réponse d’avant n’est plus possible ici.")),
        Why.UNANSWERED: (_("Sans réponse"), _("Vous n’y aviez pas encore répondu.")),
    }[why]


ROUTES = (
    page(HREF, show_carry, roles=WRITERS, name="charter-carry"),
    page(HREF, begin_carried, roles=WRITERS, methods=("POST",), name="charter-carry-begin"),
)
