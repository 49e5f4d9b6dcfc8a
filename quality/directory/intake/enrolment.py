"""Loading a providers' file: each line makes or updates an organisation that its platform references."""

import asyncio
from uuid import UUID

from quality import clock
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.app import House
from quality.db import Connection, execute, fetch_one
from quality.directory.intake.checking import PARIS
from quality.directory.intake.columns import PROVIDERS
from quality.directory.intake.providers import ProviderLine, check_provider
from quality.directory.intake.reading import open_table
from quality.directory.intake.receiving import Source
from quality.directory.intake.refusals import line_error
from quality.directory.intake.rejects import RejectsFile
from quality.directory.intake.report import Report
from quality.errors import Forbidden
from quality.ids import uuid7
from quality.keys import Keyring

ENROLLERS = frozenset({Role.platform, "operator"})
DRAWN_CODE_LENGTH = 12
SAVE = """
INSERT INTO organisation AS o (id, platform_id, code, kind, name, short_name, legal_form, siret, departement,
    email, phone, on_call_name, on_call_phone, activities, created_at)
VALUES ($1, $2, $3, 'provider', $4, $5, $6, $7, $8, coalesce($9, ''), '', '', '',
    coalesce($10::text[], '{}'), $11)
ON CONFLICT (platform_id, code) DO UPDATE SET name = excluded.name, short_name = excluded.short_name,
    legal_form = excluded.legal_form, departement = excluded.departement, email = coalesce($9, o.email),
    activities = coalesce($10::text[], o.activities)
WHERE (o.name, o.short_name, o.legal_form, o.departement, o.email, o.activities) IS DISTINCT FROM
    (excluded.name, excluded.short_name, excluded.legal_form, excluded.departement, coalesce($9, o.email),
     coalesce($10::text[], o.activities))
RETURNING o.id = $1 AS is_new
"""
REFERENCE = """
INSERT INTO referencing (id, platform_id, provider_id, status, since, acknowledge_days, solution_days,
    alert_days, authority)
SELECT $1, $2, o.id, 'referenced', $4, 2, 15, 30, '{}' FROM organisation o
WHERE o.platform_id = $2 AND o.code = $3
ON CONFLICT (platform_id, provider_id) DO NOTHING
"""


async def enrol_file(actor: Actor, house: House, source: Source) -> Report:
    """Load a providers' file in one transaction; the refused lines are written back."""
    if actor.role not in ENROLLERS or actor.platform is None:
        raise Forbidden
    report, delivery = Report(), source.delivery
    async with scoped(actor) as db:
        table = await asyncio.to_thread(open_table, source.path, delivery.filename, delivery.kind, PROVIDERS)
        rejects = RejectsFile(table, source.refused)
        seen: dict[str, tuple[int, ProviderLine]] = {}
        for row in table.rows:
            report.read += 1
            checked = check_provider(row)
            if isinstance(checked, ProviderLine):
                code = code_of(checked, house.keyring)
                first, known = seen.setdefault(code, (row.line, checked))
                if first == row.line:
                    await _save(db, actor.platform, code, checked, report)
                    continue
                message = f"Déjà vu ligne {first}. Gardez une seule des deux lignes."
                checked = [line_error(row.line, "siret", known.siret or "", message)]
            report.refuse(checked)
            rejects.add(row, checked)
        rejects.close()
    return report


async def _save(db: Connection, platform: UUID, code: str, line: ProviderLine, report: Report) -> None:
    now = clock.now()
    saved = await fetch_one(
        db,
        SAVE,
        uuid7(now),
        platform,
        code,
        line.name,
        line.short_name,
        line.legal_form,
        line.siret,
        line.departement,
        line.email,
        line.activities and list(line.activities),
        now,
    )
    await execute(db, REFERENCE, uuid7(now), platform, code, now.astimezone(PARIS).date())
    if saved is None:
        report.unchanged += 1
    elif saved["is_new"]:
        report.created += 1
    else:
        report.updated += 1


def code_of(line: ProviderLine, keyring: Keyring) -> str:
    """Return the SIRET; a private employer has none: its code is drawn from its name and département."""
    if line.siret is not None:
        return line.siret
    drawn = keyring.lookup("employer", f"{line.departement} {line.name.casefold()}")
    return "PE" + drawn.hex()[2 : 2 + DRAWN_CODE_LENGTH].upper()
