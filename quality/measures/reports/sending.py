"""The letters of results: after each release, once to each who asked, what they may read and nothing else.

A letter holds the sentences of the summary, which are published figures, and addresses that ask to sign in.
No file is joined: what is forwarded opens nothing, and what somebody may read ends with their account.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.component import Job
from quality.db import execute, fetch, fetch_value, is_passing, pool, transaction
from quality.ids import uuid7
from quality.keys import Keyring
from quality.mail import outbox
from quality.measures.models import Convention
from quality.measures.reports.contents import Said, said
from quality.measures.reports.subscribing import HREF, Rhythm, token_of
from quality.measures.views.reading import sights
from quality.measures.views.reading_log import CALENDAR, ONCE, Shown, look_values
from quality.web import languages
from quality.web.format import capital, period_text
from quality.web.languages import gettext as _

if TYPE_CHECKING:
    from quality.app import House

log = logging.getLogger(__name__)
# An account that was closed, or a convention whose last periods are all published long ago, ends what it had.
OVER = """
DELETE FROM report_subscription s USING account a
WHERE a.id = s.account_id AND (NOT a.is_active OR EXISTS (
    SELECT 1 FROM convention c WHERE c.id = s.convention_id AND c.ends_on < $1::date - interval '1 year'))
"""
DUE = """
SELECT s.id, s.platform_id, s.population, s.rhythm, s.account_id, s.membership_id, m.role, m.organisation_id,
       a.email, a.language, coalesce(o.name, '') AS organisation, p.name AS platform,
       r.id AS release, r.period
FROM report_subscription s
JOIN account a ON a.id = s.account_id AND a.is_active
JOIN membership m ON m.id = s.membership_id
JOIN platform p ON p.id = s.platform_id
LEFT JOIN organisation o ON o.id = m.organisation_id
LEFT JOIN convention c ON c.id = s.convention_id
JOIN release r ON r.platform_id = s.platform_id AND r.created_at > s.created_at
    AND r.period ~ CASE s.rhythm WHEN 'month' THEN '^[0-9]{4}-[0-9]{2}$' ELSE '^[0-9]{4}-Q[1-4]$' END
    AND r.starts_on <= coalesce(c.ends_on, 'infinity')
WHERE NOT EXISTS (SELECT 1 FROM report_mail d WHERE d.subscription_id = s.id AND d.release_id = r.id)
ORDER BY r.starts_on, s.id
"""
CLAIM = """
INSERT INTO report_mail (id, platform_id, subscription_id, release_id, at)
SELECT $1, s.platform_id, s.id, $3, $4 FROM report_subscription s WHERE s.id = $2
ON CONFLICT DO NOTHING RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Due:
    """One letter to write: to whom, of which population and release."""

    id: UUID
    platform_id: UUID
    population: str
    rhythm: str
    account_id: UUID
    membership_id: UUID
    role: str
    organisation_id: UUID | None
    email: str
    language: str
    organisation: str
    platform: str
    release: UUID
    period: str

    @property
    def reader(self) -> Actor:
        """The one who asked: what the letter holds is read in their scope."""
        return Actor(
            Role(self.role),
            platform=self.platform_id,
            organisation=self.organisation_id,
            account=self.account_id,
            membership=self.membership_id,
            organisation_name=self.organisation,
            language=self.language,
        )


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, and the link that ends them."""

    subject: str
    text: str
    link: str


async def send_reports(house: "House") -> None:
    """Write the letters that are due since the last releases; one that cannot be holds no other back."""
    await execute(pool("work"), OVER, _today())
    for row in await fetch(pool("work"), DUE):
        try:
            await _send(house, Due(**row))
        except Exception as error:
            if is_passing(error):
                raise
            log.exception("the letter of subscription %s on release %s failed", row["id"], row["release"])


def _today() -> date:
    return clock.now().astimezone(CALENDAR).date()


async def _send(house: "House", due: Due) -> None:
    """Read as the reader does, then write the letter and the row that says so, in one transaction."""
    with languages.using(due.language):
        said, of = await _read(due)
        letter = written(due, said, house.settings.base_url.rstrip("/"), house.keyring) if said else None
    async with transaction("work") as db:
        now = clock.now()
        if await fetch_value(db, CLAIM, uuid7(now), due.id, due.release, now) is None or letter is None:
            return
        await outbox.write(
            db, due.platform_id, due.email, letter.subject, letter.text, unsubscribe=letter.link
        )
        if due.role == Role.funder and of is not None:
            await execute(db, ONCE, *look_values(due.reader, of.id, Shown.mail, "", due.period))
        await audit.record(db, due.reader, "figures.mailed", f"{due.population}/{due.period}")


async def _read(due: Due) -> tuple[Said | None, Convention | None]:
    async with scoped(due.reader):
        for sight in await sights(due.reader):
            if sight.name == due.population:
                return await said(due.reader, sight, due.period), sight.convention
    return None, None


def written(due: Due, found: Said, base: str, keyring: Keyring) -> Letter:
    """Write a letter in the language of its reader."""
    when = period_text(due.period, languages.current())
    link = f"{base}{HREF}/{token_of(keyring, due.id)}"
    population = found.label
    subject = _("{period} : vos résultats, {population}").format(period=capital(when), population=population)
    opening = _("Les résultats sont publiés : {population}, {period}.")
    lines = [
        _("Bonjour,"),
        opening.format(population=population, period=when),
        *found.sentences,
        *_addresses(due, base),
        _every(due.rhythm, link),
        due.platform,
    ]
    return Letter(subject, "\n\n".join(lines), link)


def _addresses(due: Due, base: str) -> Iterator[str]:
    query = f"population={due.population}&periode={due.period}"
    yield _("Tous les indicateurs : {link}").format(link=f"{base}/indicateurs?{query}")
    yield _("Le rapport PDF et les fichiers : {link}").format(link=f"{base}/rapports?{query}")
    yield _("Ces adresses demandent votre connexion : elles n’ouvrent rien à une autre personne.")


def _every(rhythm: str, link: str) -> str:
    if rhythm == Rhythm.month:
        words = _("Vous recevez ces résultats chaque mois. Pour ne plus les recevoir : {link}")
    else:
        words = _("Vous recevez ces résultats chaque trimestre. Pour ne plus les recevoir : {link}")
    return words.format(link=link)


JOBS = (Job("report-mails", send_reports, every=timedelta(minutes=5)),)
