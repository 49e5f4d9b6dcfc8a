"""A claimed attempt becomes a message: the platform's words, the real names, the decrypted address."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar
from uuid import UUID

from quality.complaints import links as complaint_links
from quality.db import Connection, fetch, is_passing
from quality.web.format import phone_text
from surveys.channels.message import ChannelError, Driver, Outgoing
from surveys.channels.signature import signed_url
from surveys.channels.verp import token_of
from surveys.dispatch.claims import Claimed
from surveys.dispatch.gate import of_request
from surveys.dispatch.links import link_of
from surveys.dispatch.question import first_of
from surveys.dispatch.replies import asked_by
from surveys.dispatch.text import MessageFacts, Template, linked, render_email, shipped, unlinked_sms
from surveys.protocol.definition import Protocol, Step, of_version
from surveys.questionnaire.definition import Questionnaire
from surveys.questionnaire.facts import Facts
from surveys.response import activity_words, questionnaire_of

if TYPE_CHECKING:
    from quality.app import House

log = logging.getLogger(__name__)
Read = TypeVar("Read")
Stored = TypeVar("Stored")
REPORT_LABEL = "sms.report"
BOUNCE_LABEL = "email.bounce"
# Nobody unsubscribes from what becomes of their own complaint.
FOLLOW_UPS = frozenset({"news", "verdict"})
# What the words of an SMS come from, beside its template and its link.
SAID_BY_SMS = (
    "platform_id",
    "provider_short_name",
    "visit_on",
    "questionnaire_id",
    "mode",
    "audience",
    "activity",
    "departement",
    "purpose",
    "try_number",
)
VALIDITY_MARGIN = timedelta(minutes=1)
SHORTEST_VALIDITY = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Sender:
    """What a message says of the platform."""

    name: str
    sms_name: str
    phone: str
    hours: str
    email: str


@dataclass(frozen=True, slots=True)
class Words:
    """The texts, platforms and protocols of one batch; a version that cannot be read is in none of them.

    `begun` are the requests of its reminders of which a message left before.
    """

    templates: Mapping[tuple[UUID, str, str], tuple[str, str]]
    senders: Mapping[UUID, Sender]
    protocols: Mapping[UUID, Protocol]
    questionnaires: Mapping[UUID, Questionnaire]
    begun: AbstractSet[UUID]
    unlinked: dict[tuple[object, ...], str] = field(default_factory=dict)

    def template(self, claimed: Claimed) -> Template:
        """Choose the words; French stands in for a language that is not written.

        Raise ChannelError for good without words, or where a version that they are of cannot be read.
        """
        self._check_readable(claimed)
        language: Literal["fr", "en"] = "en" if claimed.language == "en" else "fr"
        name = self._name(claimed)
        for choice in (language, "fr"):
            found = self.templates.get((claimed.platform_id, name, choice))
            if found is not None:
                channel: Literal["sms", "email"] = "email" if claimed.channel == "email" else "sms"
                return Template(
                    name, channel, "en" if choice == "en" else "fr", text=found[1], subject=found[0]
                )
            if (name, choice) in shipped() and claimed.purpose in FOLLOW_UPS:
                return shipped()[name, choice]
        raise ChannelError("no_words", permanent=True)

    def _check_readable(self, claimed: Claimed) -> None:
        asks = claimed.questionnaire_id is not None and claimed.purpose not in FOLLOW_UPS
        if claimed.protocol_id and claimed.protocol_id not in self.protocols:
            raise ChannelError("unreadable_version", permanent=True)
        if asks and claimed.questionnaire_id not in self.questionnaires:
            raise ChannelError("unreadable_version", permanent=True)

    def _name(self, claimed: Claimed) -> str:
        """Name the words: a reminder of nothing, after an outage, is the first message."""
        steps = _steps(claimed, self.protocols)
        if claimed.invitation_id in self.begun or not _reminds(claimed, steps):
            return claimed.template
        return next(step.template for step in steps if step.channel == claimed.channel)


def _steps(claimed: Claimed, protocols: Mapping[UUID, Protocol]) -> tuple[Step, ...]:
    protocol = protocols.get(claimed.protocol_id) if claimed.protocol_id else None
    return protocol.steps if protocol else ()


def _reminds(claimed: Claimed, steps: Sequence[Step]) -> bool:
    return claimed.step <= len(steps) and steps[claimed.step - 1].reminds


async def words_for(db: Connection, claimed: Sequence[Claimed]) -> Words:
    """Read what a batch of messages needs, in four queries and the questionnaires not read before."""
    platforms = sorted({one.platform_id for one in claimed})
    protocols = sorted({one.protocol_id for one in claimed if one.protocol_id})
    templates = await fetch(
        db,
        """
        SELECT platform_id, name, language, subject, text FROM message_template
        WHERE platform_id = ANY ($1::uuid[])
        """,
        platforms,
    )
    senders = await fetch(
        db,
        "SELECT id, name, sms_name, phone, hours, sender_email FROM platform WHERE id = ANY ($1::uuid[])",
        platforms,
    )
    definitions = await fetch(
        db, "SELECT id, definition FROM protocol_version WHERE id = ANY ($1::uuid[])", protocols
    )
    read = await _readable({row["id"]: row["definition"] for row in definitions}, _protocol_of)
    return Words(
        {
            (row["platform_id"], row["name"], row["language"]): (row["subject"], row["text"])
            for row in templates
        },
        {
            row["id"]: Sender(row["name"], row["sms_name"], row["phone"], row["hours"], row["sender_email"])
            for row in senders
        },
        read,
        await _readable({each: each for each in sorted(_asking(claimed))}, partial(questionnaire_of, db)),
        await _begun(db, claimed, read),
    )


BEGUN = f"""
    SELECT DISTINCT b.invitation_id AS id FROM unnest($1::uuid[]) AS r (id)
    JOIN attempt b ON b.invitation_id = r.id AND {of_request("b", "r.id")}
    WHERE b.channel <> 'phone' AND b.state IN ('sending', 'sent', 'delivered', 'uncertain')
"""


async def _begun(
    db: Connection, claimed: Sequence[Claimed], protocols: Mapping[UUID, Protocol]
) -> frozenset[UUID]:
    """Give the requests of which a message left, among those that claimed messages remind of."""
    reminded = sorted({one.invitation_id for one in claimed if _reminds(one, _steps(one, protocols))})
    return frozenset(row["id"] for row in await fetch(db, BEGUN, reminded)) if reminded else frozenset()


async def _readable(
    stored: Mapping[UUID, Stored], read: Callable[[Stored], Awaitable[Read]]
) -> dict[UUID, Read]:
    """Read each version alone: one that cannot be read stops its own messages and no others."""
    found: dict[UUID, Read] = {}
    for version, kept in stored.items():
        try:
            found[version] = await read(kept)
        except Exception as error:
            if is_passing(error):
                raise
            log.exception("version %s cannot be read", version)
    return found


async def _protocol_of(definition: str) -> Protocol:
    return of_version(definition)


def _asking(claimed: Sequence[Claimed]) -> set[UUID]:
    return {
        one.questionnaire_id
        for one in claimed
        if one.questionnaire_id is not None and one.purpose not in FOLLOW_UPS
    }


def compose(claimed: Claimed, words: Words, house: "House", driver: Driver, now: datetime) -> Outgoing:
    """Write the message of an attempt, or raise ChannelError when it cannot leave."""
    address = _address(claimed, house)
    template, sender = words.template(claimed), words.senders[claimed.platform_id]
    link = _link(claimed, house)
    if claimed.channel == "email":
        subject, text, html = render_email(template, _asked(claimed, words, _facts(claimed, sender, link)))
        return Outgoing(
            claimed.id,
            address,
            sender.email,
            text,
            subject=subject,
            html=html,
            unsubscribe_url="" if claimed.purpose in FOLLOW_UPS else f"{link}/stop",
            return_token=token_of(house.keyring.subkey(BOUNCE_LABEL), claimed.id),
        )
    return Outgoing(
        claimed.id,
        address,
        "",
        linked(_unlinked(claimed, words, template), link),
        valid_until=_valid_until(claimed, now),
        report_url=signed_url(
            f"{house.settings.base_url.rstrip('/')}/hooks/{driver.channel}/{driver.name}/report",
            house.keyring.subkey(REPORT_LABEL),
            claimed.id,
        ),
    )


def _unlinked(claimed: Claimed, words: Words, template: Template) -> str:
    """Write an SMS but its link: of a batch, those that say the same are worded once."""
    said = (template.name, template.language, *(getattr(claimed, name) for name in SAID_BY_SMS))
    if said not in words.unlinked:
        facts = _facts(claimed, words.senders[claimed.platform_id], "")
        words.unlinked[said] = unlinked_sms(template, _asked(claimed, words, facts))
    return words.unlinked[said]


def _link(claimed: Claimed, house: "House") -> str:
    """Give the page that the message leads to: of a complaint's news, the one where its client follows it."""
    base = house.settings.base_url
    if claimed.purpose in FOLLOW_UPS and claimed.complaint_id is not None:
        return complaint_links.link_of(house.keyring, base, claimed.complaint_id)
    return link_of(house.keyring, base, claimed.invitation_id)


def _address(claimed: Claimed, house: "House") -> str:
    if claimed.place is None:
        raise ChannelError("address_changed", permanent=True)
    address = house.keyring.decrypt(claimed.cipher, claimed.place, claimed.client_id)
    if address is None:
        raise ChannelError("address_purged", permanent=True)
    return address


def _facts(claimed: Claimed, sender: Sender, link: str) -> MessageFacts:
    is_sms = claimed.channel == "sms"
    provider = claimed.provider_short_name if is_sms else claimed.provider_name
    return facts_of(sender, provider, claimed.visit_on, link, is_sms=is_sms)


def _asked(claimed: Claimed, words: Words, facts: MessageFacts) -> MessageFacts:
    """Add the question, in the words for the mode of the visit and whoever is asked."""
    about = replace(
        facts,
        mode=claimed.mode,
        audience=claimed.audience,
        activity_words=activity_words(claimed.activity),
    )
    asked = words.questionnaires.get(claimed.questionnaire_id) if claimed.questionnaire_id else None
    if asked is None:
        return about
    known = replace(about.facts(Facts), activity=claimed.activity, departement=claimed.departement)
    later = asked_by(asked, claimed.try_number) if claimed.purpose == "reply" else None
    return replace(about, item=later or first_of(asked, known, claimed.channel))


def facts_of(sender: Sender, provider: str, day: date, link: str, *, is_sms: bool) -> MessageFacts:
    """Give what a message says; an SMS has room for short names only."""
    hours = sender.hours.strip().rstrip(".")
    return MessageFacts(
        platform=sender.sms_name if is_sms else sender.name,
        organisation=provider,
        day=day,
        link=link,
        phone=phone_text(sender.phone) if sender.phone else "",
        hours=hours[:1].lower() + hours[1:],
    )


def _valid_until(claimed: Claimed, now: datetime) -> datetime:
    """End the carrier's own tries before the window does; with two minutes left, wait for the next one."""
    ends_at = claimed.closes_at - VALIDITY_MARGIN
    if ends_at - now < SHORTEST_VALIDITY:
        raise ChannelError("its window ends")
    return ends_at
