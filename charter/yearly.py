"""The charter in the yearly report of an establishment: declared, verified, measured, and what is being done.

What the provider declares and what the platform verified are two lines, each with its day, and neither is
computed from the other. Measures are the published figures of the year, all funders together.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from charter.actions.planning import OPEN, Planned, actions
from charter.actions.showing import state_words
from charter.adhesion.moving import today
from charter.adhesion.words import state_tag
from charter.assessment import score
from charter.declaring import EDITION, Review, review, review_of
from charter.definition import Answer, Source
from charter.editions import Library
from charter.facts import CODE
from charter.measuring import EVERYBODY, of_answers
from charter.models import Assessment
from charter.result import compared_rows
from charter.words import label_of, said
from quality.access.actor import Actor
from quality.access.scope import visible, visible_one
from quality.db import fetch, pool
from quality.directory.models import Organisation
from quality.measures.models import ReleaseFact
from quality.measures.releases.periods import newest
from quality.measures.views.facts import share_words
from quality.measures.views.reading import published
from quality.network.yearly import YearlyPart, YearlyTable
from quality.web import languages
from quality.web.format import day_text, period_text
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.platform import PARIS

# As they stood at the end of the year: of each edition that which lived, else the newest, the national
# charter first. What was written down later opened as valid.
ADHESIONS = """
SELECT DISTINCT ON (h.edition <> $4, h.edition) h.edition, h.edition_version, h.certificate, h.starts_on,
       coalesce(t.state, 'valid') AS state, coalesce(t.ends_on, h.ends_on) AS ends_on
FROM adhesion h LEFT JOIN adhesion_at(h.id, $3) t ON true
WHERE h.provider_id = $1 AND h.starts_on <= $2
ORDER BY h.edition <> $4, h.edition, coalesce(t.state, 'valid') IN ('ended', 'revoked'),
    h.starts_on DESC, h.id DESC
"""


async def tell(actor: Actor, provider: UUID, year: int) -> YearlyPart:
    """Tell the charter's part of a year of a provider; inside `scoped(actor)`."""
    last = min(date(year, 12, 31), today())
    run = await _sent(actor, provider, last)
    code = (await visible_one(actor, Organisation, id=provider)).code
    of = await (review_of(actor, run.id) if run else review(actor, code, EDITION))
    db = pool("web")
    adhesions = await fetch(db, ADHESIONS, provider, last, _end_of(last), EDITION)
    facts = (
        (_("Édition"), _edition(of)),
        *_adhesions(adhesions, of.library),
        (_("Déclaré par l’organisme"), _declared(of, run)),
        (
            _("Vérifié par la plateforme"),
            _verified(await _fact(actor, provider, year), year, of.library),
        ),
    )
    return YearlyPart(
        title=_("La charte de qualité"),
        sentence=_(
            "Ce que l’organisme déclare, ce que la plateforme a vérifié et ce que les clients disent sont "
            "trois choses : elles sont écrites l’une à côté de l’autre, jamais ajoutées."
        ),
        facts=facts,
        tables=(
            await _measured(actor, of, year),
            _under_way(await actions(db, provider), year, of.library),
        ),
    )


async def _sent(actor: Actor, provider: UUID, last: date) -> Assessment | None:
    """Find the last assessment that was sent by the end of the year."""
    rows = visible(actor, Assessment).filter(provider_id=provider, frozen_at__lt=_end_of(last))
    return await rows.order_by("-frozen_at").first()


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), PARIS)


async def _fact(actor: Actor, provider: UUID, year: int) -> ReleaseFact | None:
    """Find what was last published of the year for everybody."""
    rows = visible(actor, ReleaseFact).filter(
        provider_id=provider, convention_id=None, indicator=CODE, period__startswith=str(year)
    )
    found = {row.period: row for row in await rows}
    return found[newest(found)[0]] if found else None


def _edition(of: Review) -> str:
    return _("{title}, version {version}").format(title=said(of.edition.title), version=of.edition.version)


def _adhesions(rows: Sequence[Mapping[str, Any]], known: Library) -> Iterator[tuple[str, str]]:
    """Tell each adhesion on a line of its own, with its edition."""
    if not rows:
        yield _("Adhésion"), _("Pas d’adhésion")
    for row in rows:
        yield _("Adhésion"), _adhesion(row, known)


def _adhesion(row: Mapping[str, Any], known: Library) -> str:
    words = _("{edition} : {state}, du {start} au {end}").format(
        edition=said(known.find(row["edition"], row["edition_version"]).title),
        state=state_tag(row["state"])[1],
        start=_day(row["starts_on"]),
        end=_day(row["ends_on"]),
    )
    return f"{words} ({row['certificate']})" if row["certificate"] else words


def _declared(of: Review, run: Assessment | None) -> str:
    whole = score(of.edition.criteria, of.answers, of.edition.scoring)
    if not whole.counted:
        return _("Rien n’est déclaré")
    kept = sum(answer is Answer.YES for answer in of.answers.values())
    counted = ngettext(
        "{kept} critère tenu sur {counted} revus", "{kept} critères tenus sur {counted} revus", kept
    ).format(kept=kept, counted=whole.counted)
    if run is None or run.frozen_at is None:
        return _("{counted}, auto-évaluation en cours, pas encore envoyée").format(counted=counted)
    day = _day(run.frozen_at.astimezone(PARIS).date())
    return _("{counted}, auto-évaluation envoyée le {day}").format(counted=counted, day=day)


def _verified(fact: ReleaseFact | None, year: int, known: Library) -> str:
    if fact is None:
        return _("Aucun dossier accepté n’est dans une publication de {year}").format(year=year)
    whole = _("tous les impératifs tenus") if fact.is_whole else _("impératifs pas tous tenus")
    words = ngettext(
        "{held} critère tenu et prouvé sur {asked}, soit {share}, {whole} ({edition}, {period})",
        "{held} critères tenus et prouvés sur {asked}, soit {share}, {whole} ({edition}, {period})",
        fact.held,
    )
    return words.format(
        held=fact.held,
        asked=fact.asked,
        share=share_words(fact.held, fact.asked),
        whole=whole,
        edition=said(known.find(str(fact.told["edition"]), int(str(fact.told.get("version", 1)))).title),
        period=period_text(fact.period, languages.current()),
    )


async def _measured(actor: Actor, of: Review, year: int) -> YearlyTable:
    """Set what is declared beside the published figures of the year."""
    found = await published(
        actor, EVERYBODY, provider_id=of.provider, activity="", period__startswith=str(year)
    )
    asked = [each for each in of.edition.criteria if each.measured and each.measured.source is Source.ANSWERS]
    last = date(year, 12, 31)
    measured = {
        each.code: measure
        for each in asked
        if each.measured and (measure := of_answers(each.measured, found, last))
    }
    rows = [row for row in compared_rows(of, measured) if row.code in measured]
    return YearlyTable(
        title=_("Engagements mesurés"),
        heads=(_("Critère"), _("Déclaré"), _("Mesuré"), _("Lecture")),
        rows=tuple(
            (f"{row.code} {row.label}", row.declared[1], _joined(row.value, row.detail), row.reading[1])
            for row in rows
        ),
        none=_("Aucun engagement n’a de mesure publiée en {year}.").format(year=year),
    )


def _under_way(plan: Sequence[Planned], year: int, known: Library) -> YearlyTable:
    """List the actions that go on, and those of the year that are done."""
    rows = [
        each
        for each in plan
        if each.state in OPEN or (each.done_on is not None and each.done_on.year == year)
    ]
    return YearlyTable(
        title=_("Actions d’amélioration"),
        heads=(_("Action"), _("Critère"), _("Échéance"), _("État")),
        rows=tuple(
            (each.title, _criterion(each, known), _day(each.due_on), state_words(each.state)) for each in rows
        ),
        none=_("Aucune action en cours, ni faite en {year}.").format(year=year),
    )


def _criterion(of: Planned, known: Library) -> str:
    found = next((each for each in known.find(*of.version).criteria if each.code == of.criterion), None)
    return f"{of.criterion} {label_of(found)}" if found else of.criterion


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _day(day: date) -> str:
    return day_text(day, languages.current(), year=True)
