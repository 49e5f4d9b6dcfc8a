"""What a platform publishes: questionnaires for ever, and all that a new one starts with."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

import msgspec

from quality import clock
from quality.complaints.learning import outcomes
from quality.db import Connection, execute, fetch
from quality.errors import Conflict
from quality.french import french
from quality.ids import uuid7
from quality.measures.catalogue import (
    all_series,
    composite_series,
    marked_series,
    parts_series,
    scaled_series,
    yearly_series,
)
from quality.measures.record import ASKED
from quality.measures.statistics.composite import QUESTIONS
from quality.measures.visits import counting
from surveys import dispositions
from surveys.dispatch import text
from surveys.protocol import definition
from surveys.protocol.choosing_questions import VISITS, Moment
from surveys.questionnaire.checking import findings
from surveys.questionnaire.conditions import Finding
from surveys.questionnaire.definition import Questionnaire, Rule
from surveys.questionnaire.evolution import breaks, unknown_measures
from surveys.questionnaire.reading import library, read_json, refusal

# What is asked when nothing else is chosen.
ASKED_AT = {
    Moment.VISIT: "default",
    Moment.FIRST: "first",
    Moment.NO_SHOW: "no_show",
    Moment.COMPLAINT: "complaint",
    Moment.YEARLY: "yearly",
}
QUESTIONNAIRES = tuple(ASKED_AT.values())


async def on_platform_created(db: Connection, platform: UUID) -> None:
    """Publish what the product ships; what is already there stays as it is."""
    for code in QUESTIONNAIRES:
        await _insert(db, platform, library(code), None)
    for moment, code in ASKED_AT.items():
        await execute(db, USE, platform, moment.value, code)
    for name in definition.shipped():
        await _publish_protocol(db, platform, name)
    await _publish_messages(db, platform, list(text.shipped().values()))


USE = """
INSERT INTO questionnaire_use (platform_id, moment, code) VALUES ($1, $2, $3)
ON CONFLICT (platform_id, moment) DO NOTHING
"""


def answered_series() -> frozenset[str]:
    """Name the series that answers may feed: neither complaints’, nor visits’, nor requests’."""
    counted = {*outcomes.SERIES, *counting.SERIES, *ASKED, *dispositions.SERIES}
    return all_series() - parts_series() - counted


async def publish(
    db: Connection, platform: UUID, questionnaire: Questionnaire, *, by: UUID | None = None
) -> UUID:
    """Publish a version for ever, in a transaction of the platform.

    Raise DefinitionRefused where it breaks a rule or a series, Conflict where its number is not the next one.
    """
    await execute(
        db, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"{platform} {questionnaire.code}"
    )
    rows = await fetch(db, PAST, platform, questionnaire.code)
    past = [read_json(str(row["definition"]).encode()) for row in rows]
    asked = await fetch(db, ASKED_WHEN, platform, questionnaire.code)
    if found := broken(questionnaire, past, [row["moment"] for row in asked]):
        raise refusal(found)
    if questionnaire.version != 1 + max((each.version for each in past), default=0):
        raise Conflict("Une autre version a été publiée entre-temps. Rouvrez le questionnaire.")
    return await _insert(db, platform, questionnaire, by)


def broken(
    questionnaire: Questionnaire, past: Sequence[Questionnaire], moments: Iterable[str]
) -> tuple[Finding, ...]:
    """List all that keeps a version from being published: its rules, its series, when it is asked."""
    return (
        *findings(questionnaire),
        *unknown_measures(questionnaire, answered_series()),
        *_fed_otherwise(questionnaire),
        *breaks(past, questionnaire),
        *_counted_apart(questionnaire, moments),
    )


def _counted_apart(questionnaire: Questionnaire, moments: Iterable[str]) -> tuple[Finding, ...]:
    """List what would count among the figures of something else than what is asked."""
    asked = [Moment(each) for each in moments]
    found = [
        (number, feed)
        for number, item in enumerate(questionnaire.items)
        for feed in item.measures
        if not all(counts_at(feed.series, moment) for moment in asked)
    ]
    return tuple(
        Finding(("items", number, "measures"), NO_YEAR if feed.series in yearly_series() else NO_VISIT)
        for number, feed in found
    )


def _fed_otherwise(questionnaire: Questionnaire) -> Iterator[Finding]:
    """List what feeds marks without being one, a score that none is, and composites of other than three."""
    fed = [(number, feed) for number, item in enumerate(questionnaire.items) for feed in item.measures]
    for number, feed in fed:
        if (feed.rule is Rule.MARK) is not (feed.series in marked_series()):
            yield Finding(("items", number, "measures"), NO_MARK)
        if feed.rule is Rule.SCALE and feed.series not in scaled_series():
            yield Finding(("items", number, "measures"), NO_SCORE, {"indicator": feed.indicator})
        others = [each for _, each in fed if each.series == feed.series]
        if feed.series in composite_series() and len(others) != QUESTIONS:
            yield Finding(("items", number, "measures"), NOT_THREE, {"indicator": feed.indicator})


NO_MARK = french("une note de 0 à 10 nourrit l’indicateur de ces notes, et lui seul")
NO_SCORE = french("aucune note sur 100 ne se tire de {indicator} : comptez les deux meilleures notes")
NOT_THREE = french("{indicator} se calcule sur trois questions du même questionnaire")


def counts_at(series: str, moment: Moment) -> bool:
    """Tell whether a series may be fed by what is asked at a moment: about the year, or about a visit.

    >>> [counts_at(series, Moment.YEARLY) for series in ("GLOB:1", "PREV:1")]
    [False, True]
    """
    return moment is Moment.YEARLY if series in yearly_series() else moment in VISITS


NO_VISIT = french("ce questionnaire n’est pas posé après une visite, il ne compte pas dans leurs résultats")
NO_YEAR = french("cet indicateur se mesure une fois par an, et ce questionnaire est posé à un autre moment")
ASKED_WHEN = "SELECT moment FROM questionnaire_use WHERE platform_id = $1 AND code = $2"
PAST = "SELECT definition FROM questionnaire_version WHERE platform_id = $1 AND code = $2"
INSERT = """
INSERT INTO questionnaire_version (id, platform_id, code, version, definition, published_at, published_by)
VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7) ON CONFLICT (platform_id, code, version) DO NOTHING
"""


async def _insert(db: Connection, platform: UUID, questionnaire: Questionnaire, by: UUID | None) -> UUID:
    identity, now = uuid7(clock.now()), clock.now()
    definition = msgspec.json.encode(questionnaire).decode()
    await execute(
        db, INSERT, identity, platform, questionnaire.code, questionnaire.version, definition, now, by
    )
    return identity


async def _publish_protocol(db: Connection, platform: UUID, name: str) -> None:
    protocol = definition.load(name)
    await execute(
        db,
        """
        INSERT INTO protocol_version (id, platform_id, name, version, definition, published_at)
        VALUES ($1, $2, $3, $4, $5::jsonb, $6) ON CONFLICT (platform_id, name, version) DO NOTHING
        """,
        uuid7(clock.now()),
        platform,
        name,
        protocol.version,
        msgspec.json.encode(definition.stored(protocol)).decode(),
        clock.now(),
    )


async def _publish_messages(db: Connection, platform: UUID, templates: Sequence[text.Template]) -> None:
    await execute(
        db,
        """
        INSERT INTO message_template (id, platform_id, name, language, subject, text, changed_at)
        SELECT t.id, $1, t.name, t.language, t.subject, t.text, $7
        FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[])
            AS t(id, name, language, subject, text)
        ON CONFLICT (platform_id, name, language) DO NOTHING
        """,
        platform,
        [uuid7(clock.now()) for _ in templates],
        [each.name for each in templates],
        [each.language for each in templates],
        [each.subject for each in templates],
        [each.text for each in templates],
        clock.now(),
    )
