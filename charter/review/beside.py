"""What stands beside a declaration when it is reviewed: what proves it and what is measured of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from charter.declaring import review_of
from charter.evidence.automatic import measured_rows
from charter.evidence.keeping import proofs
from charter.evidence.listing import ProofRow, Reader, proof_rows
from charter.evidence.proving import by_criterion
from charter.measuring import measures
from charter.result import ComparedRow, compared_rows
from quality.access.actor import Actor, Role
from quality.db import Connection


@dataclass(frozen=True, slots=True)
class Beside:
    """By criterion, the evidence that serves today and the newest measure, read against what was declared."""

    proofs: Mapping[str, tuple[ProofRow, ...]]
    measured: Mapping[str, ComparedRow]


NOTHING = Beside({}, {})


async def beside(
    db: Connection, actor: Actor, file: Mapping[str, Any], today: date, zone: ZoneInfo
) -> Beside:
    """Read what stands beside the declarations of a file; inside `scoped(actor)`."""
    of = await review_of(actor, file["assessment_id"])
    reader = Reader(
        of.name,
        of.is_own,
        f"?organisme={of.code}",
        today,
        zone,
        opens_files=actor.role != Role.supervisor,
        library=of.library,
    )
    proving = by_criterion(await proofs(db, of.provider), of.edition, of.library)
    measured = await measures(db, actor, of.provider, of.edition)
    compared, automatic = compared_rows(of, measured), measured_rows(reader, of.edition, measured)
    rows = {code: proof_rows(reader, found) for code, found in proving.items()}
    return Beside(
        {**rows, **{code: (*rows.get(code, ()), row) for code, row in automatic.items()}},
        {each.code: each for each in compared},
    )
