"""Evidence that nobody gives: a direct measure proves its criterion, for as long as it serves."""

from collections.abc import Mapping
from datetime import date

from charter.definition import Criterion, Edition, Measured, Source
from charter.evidence.listing import ProofRow, Reader, criterion_href, expiry_words, freshness_tag
from charter.evidence.proving import freshness, is_measured, last_day
from charter.measuring import Measure
from charter.words import detail_words, label_of, value_words
from quality.web.languages import gettext as _


def measured_rows(reader: Reader, edition: Edition, found: Mapping[str, Measure]) -> dict[str, ProofRow]:
    """Give, for the criteria of an edition that a measure proves, a row of it by code."""
    return {
        each.code: _row(reader, edition, each, each.measured, found[each.code])
        for each in edition.criteria
        if each.measured and each.code in found and is_measured(each, found[each.code].bounds)
    }


def _row(
    reader: Reader, edition: Edition, criterion: Criterion, asked: Measured, measure: Measure
) -> ProofRow:
    until = last_day(asked, measure.ends_on) if measure.source is Source.ANSWERS else None
    return ProofRow(
        href=criterion_href(edition, criterion.code, reader),
        title=_("Mesure du critère {code}").format(code=criterion.code),
        what=f"{value_words(measure)}, {detail_words(measure)}",
        until=_until(measure, until, reader.today),
        freshness=freshness_tag(freshness(until, reader.today)),
        proves=f"{criterion.code} {label_of(criterion)}",
    )


def _until(measure: Measure, until: date | None, today: date) -> str:
    if until is not None:
        return expiry_words(until, today)
    if measure.source is Source.COMPLAINTS:
        return _("Mesurée de nouveau chaque jour.")
    return _("Valable jusqu’à la prochaine publication.")
