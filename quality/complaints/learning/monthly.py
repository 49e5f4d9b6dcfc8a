"""The provider's month in one mail: written on the first working day of the next one, once, without a name.

Counts of 1 to 4 clients are not written. What the provider itself has to do is: it is its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from quality import clock
from quality.complaints.learning.shares import LEAST
from quality.component import Job
from quality.db import Connection, execute, fetch, fetch_one, fetch_value, pool, transaction
from quality.directory.geography import zone_of
from quality.directory.holidays import working_day
from quality.ids import uuid7, uuid7_floor
from quality.mail import outbox
from quality.web import languages
from quality.web.format import capital, count, period_text
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

if TYPE_CHECKING:
    from quality.app import House

SENT_AT = time(9)
ANYWHERE = "34"  # where a provider's own département is not known
WANTED = """
SELECT o.id, o.platform_id, o.name, o.departement, o.email, p.name AS platform,
       coalesce((SELECT a.language FROM membership m JOIN account a ON a.id = m.account_id
                 WHERE m.organisation_id = o.id AND m.role = 'provider' AND a.is_active
                 ORDER BY m.id LIMIT 1), 'fr') AS language
FROM organisation o JOIN platform p ON p.id = o.platform_id
WHERE o.kind = 'provider' AND o.email <> '' AND o.created_at < $2
  AND NOT EXISTS (SELECT FROM provider_summary s WHERE s.provider_id = o.id AND s.month = $1)
ORDER BY o.id
"""
CLAIM = """
INSERT INTO provider_summary (id, platform_id, provider_id, month, at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING RETURNING id
"""
ASKED = """
SELECT count(DISTINCT pseudonym) FILTER (WHERE n > 0) AS asked,
       count(DISTINCT pseudonym) FILTER (WHERE x > 0) AS answered
FROM cell WHERE platform_id = $1 AND provider_id = $2 AND month = $3 AND indicator = 'RR2'
  AND admissible = 'yes' AND collector = 'platform'
"""
# A few asked, or all but a few, would say who refused: there are as many on each side as a figure needs.
# As many did not answer either: of twelve visited, twelve answers would tell that all were asked.
FEWEST_ON_EACH_SIDE = 11
VISITED = """
SELECT count(DISTINCT k.person_id) FROM intervention i JOIN client k ON k.id = i.client_id
WHERE i.platform_id = $1 AND i.provider_id = $2 AND i.id >= $3 AND i.id < $4
  AND i.status IN ('done', 'not_done')
"""
# What the provider may see: not what waits for its client's choice, nor a serious event kept from it.
KNOWN = "disclosure <> 'call_first' AND is_shared AND state <> 'merged'"
COMPLAINTS = f"""
SELECT count(*) FILTER (WHERE opened_at >= $3 AND opened_at < $4) AS opened,
       count(*) FILTER (WHERE solution_due_at >= $3 AND solution_due_at < $4) AS due,
       count(*) FILTER (WHERE solution_due_at >= $3 AND solution_due_at < $4
                          AND remedied_at <= solution_due_at) AS kept,
       count(*) FILTER (WHERE state = 'opened' AND holder = 'provider') AS to_receive,
       count(*) FILTER (WHERE state = 'acknowledged' AND holder = 'provider') AS to_remedy
FROM complaint WHERE platform_id = $1 AND provider_id = $2 AND {KNOWN}
"""
PROMISES = f"""
SELECT count(*) FROM complaint_promise p
WHERE p.platform_id = $1 AND p.provider_id = $2 AND p.state IN ('promised', 'confirmed')
  AND EXISTS (SELECT 1 FROM complaint WHERE id = p.complaint_id AND {KNOWN} AND state <> 'closed')
"""


@dataclass(frozen=True, slots=True)
class Addressee:
    """A provider as its summary is written to it."""

    id: UUID
    platform_id: UUID
    name: str
    departement: str
    email: str
    platform: str
    language: str


@dataclass(frozen=True, slots=True)
class Month:
    """What one month was: clients visited, asked and who answered, complaints, delays, what is to do now."""

    code: str
    visited: int
    asked: int
    answered: int
    opened: int
    due: int
    kept: int
    to_receive: int
    to_remedy: int
    promised: int


def sent_at(month: date, departement: str) -> datetime:
    """Give when the summary of a month leaves: the first working day of the next one, at 9:00 there.

    >>> sent_at(date(2026, 10, 1), "34").isoformat(), sent_at(date(2026, 4, 1), "34").isoformat()
    ('2026-11-02T09:00:00+01:00', '2026-05-04T09:00:00+02:00')
    """
    last = next_month(month) - timedelta(days=1)
    return datetime.combine(working_day(last, 1, departement), SENT_AT, zone_of(departement))


def next_month(month: date) -> date:
    """Give the first day of the month after.

    >>> next_month(date(2026, 12, 1))
    datetime.date(2027, 1, 1)
    """
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def last_month(now: datetime, departement: str) -> date:
    """Give the first day of the month that is over, where the provider is."""
    today = now.astimezone(zone_of(departement)).date()
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def letter(of: Month, to: Addressee, base_url: str) -> tuple[str, str]:
    """Give the subject and the text of a summary, in the language of the provider's account."""
    with languages.using(to.language):
        month = period_text(of.code, to.language)
        subject = _("{provider} : votre mois, {month}").format(provider=to.name, month=month)
        lines = [
            _("Bonjour,"),
            _("Voici votre mois : {month}.").format(month=month),
            *_told(of),
            *_waiting(of, base_url),
            _("Le bilan de douze mois : {link}").format(link=f"{base_url}/reclamations/bilan"),
            _("Ce message ne contient ni nom, ni commentaire, ni nombre de personnes en dessous de 5."),
            to.platform,
        ]
    return subject, "\n\n".join(lines)


def _told(of: Month) -> Iterator[str]:
    lang = languages.current()
    yield _asked(of)
    yield _complaints(of)
    if of.due >= LEAST and not any(0 < part < LEAST for part in (of.kept, of.due - of.kept)):
        yield _("Délais : sur {due} solutions attendues dans le mois, {kept} sont venues à temps.").format(
            due=count(of.due, lang), kept=count(of.kept, lang)
        )


def _asked(of: Month) -> str:
    asked, answered = (count(number, languages.current()) for number in (of.asked, of.answered))
    if min(of.asked, of.visited - of.asked) < FEWEST_ON_EACH_SIDE:
        if of.answered < LEAST or of.visited - of.answered < FEWEST_ON_EACH_SIDE:
            return _(
                "Avis : le nombre de clients interrogés n’est pas montré, il dirait qui a été interrogé."
            )
        sentence = _(
            "Avis : {answered} clients ont répondu. Le nombre de clients interrogés n’est pas montré, "
            "il dirait qui a été interrogé."
        )
        return sentence.format(answered=answered)
    if of.answered < LEAST:
        sentence = _("Avis : {asked} clients ont été interrogés, moins de 5 ont répondu.")
        return sentence.format(asked=asked)
    sentence = _("Avis : {asked} clients ont été interrogés, {answered} ont répondu.")
    return sentence.format(asked=asked, answered=answered)


def _complaints(of: Month) -> str:
    if not of.opened:
        return _("Réclamations : aucune n’a été ouverte.")
    if of.opened < LEAST:
        return _("Réclamations : moins de 5 ont été ouvertes.")
    return _("Réclamations : {num} ont été ouvertes.").format(num=count(of.opened, languages.current()))


def _waiting(of: Month, base_url: str) -> Iterator[str]:
    """Say what is to do now, in one paragraph with the address where it is done."""
    lang = languages.current()
    waits = (
        (of.to_receive, ngettext("{num} accusé de réception", "{num} accusés de réception", of.to_receive)),
        (of.to_remedy, ngettext("{num} solution à apporter", "{num} solutions à apporter", of.to_remedy)),
        (of.promised, ngettext("{num} engagement à tenir", "{num} engagements à tenir", of.promised)),
    )
    said = [words.format(num=count(number, lang)) for number, words in waits if number]
    if said:
        what = capital(", ".join(said))
        yield _("Ce qui vous attend. {what} : {link}").format(what=what, link=f"{base_url}/reclamations")
    else:
        yield _("Rien ne vous attend aujourd’hui.")


async def month_of(db: Connection, to: Addressee, month: date) -> Month:
    """Read one month of a provider, in the work pool: the provider itself reads no cell."""
    zone = zone_of(to.departement)
    start, end = (datetime.combine(day, time(), zone) for day in (month, next_month(month)))
    bounds = (uuid7_floor(start), uuid7_floor(end))
    visited = await fetch_value(db, VISITED, to.platform_id, to.id, *bounds)
    asked = await fetch_one(db, ASKED, to.platform_id, to.id, month) or {}
    complaints = await fetch_one(db, COMPLAINTS, to.platform_id, to.id, start, end) or {}
    promised = await fetch_value(db, PROMISES, to.platform_id, to.id)
    code = f"{month:%Y-%m}"
    return Month(code=code, visited=visited, promised=int(promised), **asked, **complaints)


async def write_summaries(house: "House") -> None:
    """Write to each provider that has an address the month that is over, once its hour has come."""
    now = clock.now()
    months = {last_month(now, departement) for departement in ("972", ANYWHERE, "976")}
    for month in sorted(months):
        for row in await fetch(pool("work"), WANTED, month, _created_before(month)):
            to = addressee(row)
            if last_month(now, to.departement) == month and sent_at(month, to.departement) <= now:
                await _write(house, to, month, now)


def _created_before(month: date) -> datetime:
    return datetime.combine(next_month(month), time(), zone_of(ANYWHERE))


async def _write(house: "House", to: Addressee, month: date, now: datetime) -> None:
    """Write one summary and the row that says so, in one transaction; the second writer writes nothing."""
    async with transaction("work") as db:
        claimed = await fetch_value(db, CLAIM, uuid7(now), to.platform_id, to.id, month, now)
        if claimed is not None:
            subject, text = letter(await month_of(db, to, month), to, house.settings.base_url.rstrip("/"))
            await outbox.write(db, to.platform_id, to.email, subject, text)


async def note_written(db: Connection, platform: UUID, month: date, now: datetime) -> None:
    """Say that every provider's summary of a month is written, where it is not to leave."""
    await execute(
        db,
        """
        INSERT INTO provider_summary (id, platform_id, provider_id, month, at)
        SELECT gen_random_uuid(), platform_id, id, $2, $3 FROM organisation
        WHERE platform_id = $1 AND kind = 'provider' ON CONFLICT DO NOTHING
        """,
        platform,
        month,
        now,
    )


def addressee(row: dict[str, object]) -> Addressee:
    return Addressee(**{**row, "departement": row["departement"] or ANYWHERE})  # type: ignore[arg-type]


JOBS = (Job("monthly-summaries", write_summaries, every=timedelta(minutes=15)),)
