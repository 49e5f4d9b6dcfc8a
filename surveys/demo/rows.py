"""The rows that the real verbs would have left of a followed past, as text for COPY."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

import msgspec

from quality.demo.copying import row
from quality.demo.past import Past
from quality.demo.stage import chance
from quality.ids import uuid7_of
from quality.measures import record
from quality.measures.sums import plus
from surveys.collect import contributed
from surveys.demo.asks import Ask, Try
from surveys.demo.following import Following
from surveys.demo.habits import lasts
from surveys.dispatch.links import token_key, token_of
from surveys.dispositions import Disposition, contributions
from surveys.priorities import PRIORITY
from surveys.protocol.occasion import Reason
from surveys.response import InvitedVisit, response_id

Table = tuple[Sequence[str], Iterable[str]]
STRATUM = ("id", "platform_id", "quarter", "provider_id", "funders", "activity_group", "expected", "target",
           "seed", "created_at")  # fmt: skip
OCCASION = ("platform_id", "provider_id", "id", "client_id", "person_id", "decision", "reason", "told",
            "stratum_id", "draw", "ended_at", "decided_at")  # fmt: skip
INVITATION = ("id", "platform_id", "purpose", "provider_id", "client_id", "occasion_id", "audience",
              "token_key", "questionnaire_id", "protocol_id", "language", "pseudonym", "month", "visit_on",
              "activity", "mode", "departement", "territory", "funders", "age_band", "first_mode",
              "collector", "provider_name", "provider_short_name", "created_at", "closes_at", "closed_at",
              "closed_reason", "answered_at")  # fmt: skip
ATTEMPT = ("platform_id", "client_id", "person_id", "purpose", "audience", "departement", "invitation_id",
           "id", "endpoint_id", "channel", "template", "step", "try_number", "state", "reason", "opens_at",
           "closes_at", "give_up_at", "fence", "counted_at", "carrier_reference", "report_rank", "sent_at",
           "settled_at")  # fmt: skip
EVENT = ("id", "platform_id", "person_id", "endpoint_id", "attempt_id", "channel", "at")
CALL = ("id", "platform_id", "kind", "client_id", "invitation_id", "state", "next_due_at", "closes_at",
        "attempt_id", "tries", "outcome", "created_at", "closed_at", "priority", "language")  # fmt: skip
RESPONSE = ("id", "platform_id", "invitation_id", "provider_id", "questionnaire_id", "respondent", "channel",
            "answers", "cells", "created_at", "updated_at")  # fmt: skip
DISPOSITION = ("id", "platform_id", "letter", "is_due")
SIGNAL = ("id", "platform_id", "provider_id", "source_kind", "source_id", "item", "value", "wish",
          "created_at")  # fmt: skip
CELL = ("id", "platform_id", "indicator", "version", "pseudonym", "month", "provider_id", "activity", "mode",
        "departement", "territory", "funders", "first_mode", "respondent", "collector", "admissible",
        "age_band", "n", "x", "parts")  # fmt: skip
DELIVERED_RANK = 6  # the carrier's last word (ReportState)


@dataclass
class Rows:
    """The tables of one provider's follow-up, in the order in which they can be written."""

    past: Past
    following: Following
    protocol: UUID
    responses: list[str] = field(default_factory=list)
    signals: list[str] = field(default_factory=list)
    cells: dict[UUID, record.Row] = field(default_factory=dict)

    @cached_property
    def asks(self) -> list[Ask]:
        return sorted(self.following.asks, key=lambda ask: ask.id)

    def tables(self) -> dict[str, Table]:
        for ask in self.asks:
            self._answer(ask)
        return {
            "stratum": (STRATUM, self._strata()),
            "occasion": (OCCASION, self._occasions()),
            "invitation": (INVITATION, self._invitations()),
            "attempt": (ATTEMPT, (line for ask in self.asks for line in self._attempts(ask))),
            "contact_event": (EVENT, (line for ask in self.asks for line in self._events(ask))),
            "call_case": (CALL, self._calls()),
            "disposition": (DISPOSITION, self._dispositions()),
            "response": (RESPONSE, self.responses),
            "signal": (SIGNAL, self.signals),
            "cell": (CELL, self._cells()),
        }

    def _strata(self) -> Iterator[str]:
        for frozen in self.following.strata.values():
            quarter, funders, group = frozen.key
            drawn = frozen.stratum
            yield row(
                frozen.id, self.past.platform, quarter, self.past.id, funders, group, drawn.expected,
                drawn.target, drawn.seed, frozen.created_at,
            )  # fmt: skip

    def _occasions(self) -> Iterator[str]:
        where = row(self.past.platform, self.past.id)
        for each in self.following.occasions:
            visit, decision = each.visit, each.decision
            stratum = None if decision.reason is Reason.CANCELLED else each.stratum
            said = "asked" if decision.asked else "not_asked"
            who = f"{visit.identity.hex}\t{each.member.id.hex}\t{each.member.person.hex}"
            drawn = row(stratum, decision.draw, visit.ended_at, each.decided_at)
            yield f"{where}\t{who}\t{said}\t{decision.reason.value}\t{each.told}\t{drawn}"

    def _invitations(self) -> Iterator[str]:
        keyring, provider = self.past.house.keyring, self.past.provider
        for ask in self.asks:
            person, client, facts = ask.person, ask.person.client, self._facts(ask)
            is_over = ask.closes_at <= self.past.until
            reason = ("answered" if ask.answered_at else "expired") if is_over else None
            yield row(
                ask.id, self.past.platform, "survey", self.past.id, person.member.id, ask.visit.identity,
                ask.audience, token_key(keyring, token_of(keyring, ask.id)), ask.questionnaire,
                self.protocol, client.language, facts.pseudonym, facts.month, ask.visit_on, client.activity,
                client.mode, client.departement, client.territory, person.funders, client.age_band,
                facts.first_mode, "platform", provider.name, provider.short_name, ask.asked_at, ask.closes_at,
                ask.closes_at if is_over else None, reason, ask.answered_at,
            )  # fmt: skip

    def _attempts(self, ask: Ask) -> Iterator[str]:
        member = ask.person.member
        where = row(
            self.past.platform, member.id, member.person, "survey", ask.audience,
            member.client.departement, ask.id,
        )  # fmt: skip
        for each in ask.tries:
            planned, left = each.planned, each.sent_at
            reference = str(each.id) if left and not each.is_call else None
            rank = DELIVERED_RANK if reference else 0
            yield f"{where}\t" + row(
                each.id, each.endpoint, planned.channel.value, planned.template, planned.step,
                planned.try_number, each.state, each.reason, each.opens_at, each.closes_at, each.give_up_at,
                int(left is not None), left, reference, rank, left, each.settled_at,
            )  # fmt: skip

    def _events(self, ask: Ask) -> Iterator[str]:
        member = ask.person.member
        for each in ask.tries:
            if each.sent_at is not None:
                channel = each.planned.channel.value
                yield row(
                    each.id, self.past.platform, member.person, each.endpoint, each.id, channel, each.sent_at
                )

    def _calls(self) -> Iterator[str]:
        drawn = chance("calls", self.past.provider.siret)
        for ask in self.asks:
            calls = [each for each in ask.tries if each.is_call]
            if calls:
                identity = uuid7_of(ask.asked_at, drawn.getrandbits(74))
                yield self._call(ask, calls, identity)

    def _call(self, ask: Ask, calls: Sequence[Try], identity: UUID) -> str:
        """Write the desk's case as its last call, or what withdrew it, left it."""
        made = [each for each in calls if each.sent_at is not None]
        waiting = next((each for each in calls if each.state == "planned"), None)
        at = waiting or (made or calls)[-1]
        outcome, closed_at = None, None
        if waiting is None:
            over = ("no_answer", made[-1].sent_at) if made else ("window_over", at.settled_at)
            outcome, closed_at = over
        if ask.answered_at or ask.refused_at:
            outcome = "answered" if ask.answered_at else "refused"
            closed_at = ask.answered_at or ask.refused_at
        return row(
            identity, self.past.platform, "survey", ask.person.member.id, ask.id,
            "done" if closed_at else "open", at.opens_at, ask.closes_at, at.id, len(made), outcome,
            ask.asked_at, closed_at, PRIORITY["survey"], ask.person.client.language,
        )  # fmt: skip

    def _dispositions(self) -> Iterator[str]:
        for ask in self.asks:
            if letter := self._letter(ask):
                yield row(ask.id, self.past.platform, letter.value, False)

    def _letter(self, ask: Ask) -> Disposition:
        """Say what became of a request that is over."""
        if ask.closes_at > self.past.until:
            return Disposition.NONE
        if ask.answered_at:
            return Disposition.ANSWERED
        return Disposition.REFUSED if ask.refused_at else Disposition.NOT_REACHED

    def _answer(self, ask: Ask) -> None:
        """Add up what the request and its answer bring to the cells, and the signals of low marks."""
        facts = self._facts(ask)
        self._add(record.cells(facts, record.ASKED))
        self._add(record.cells(facts, contributions(self._letter(ask))))
        if ask.answered_at is None or ask.reply is None:
            return
        said, at = ask.reply.answers, ask.answered_at
        brought = contributed(self._invited(ask), said, ask.audience, "yes")
        self._add(brought)
        source = response_id(ask.id, ask.audience)
        self.responses.append(
            row(
                source, self.past.platform, ask.id, self.past.id, ask.questionnaire, ask.audience,
                ask.reply.channel, _json(said), _json(record.sums_of(brought)), at, at + lasts(said),
            )
        )  # fmt: skip
        wish = None if ask.grievance or ask.wish is None else ask.wish.value
        for item, mark in self.following.terms.lows(ask):
            drawn = chance("signal", source, item).getrandbits(128)
            identity = UUID(int=drawn, version=4)
            self.signals.append(
                row(identity, self.past.platform, self.past.id, "response", source, item, mark, wish, at)
            )

    def _add(self, rows: Iterable[record.Row]) -> None:
        for each in rows:
            known = self.cells.get(each["id"], {"n": 0, "x": 0})
            sums = plus(record.of(known), record.of(each))
            self.cells[each["id"]] = {**each, **record.taken(each["id"], sums)}

    def _cells(self) -> Iterator[str]:
        for each in self.cells.values():
            yield row(*[each.get(column) for column in CELL])

    def _facts(self, ask: Ask) -> record.CellFacts:
        client = ask.person.client
        return record.CellFacts(
            platform_id=self.past.platform,
            pseudonym=ask.person.member.person,
            month=ask.visit_on.replace(day=1),
            provider_id=self.past.id,
            activity=client.activity,
            mode=client.mode,
            departement=client.departement,
            territory=client.territory,
            funders=ask.person.funders,
            first_mode=ask.tries[0].planned.channel.value,
            respondent="",
            collector="platform",
            admissible="yes",
            age_band=client.age_band,
        )

    def _invited(self, ask: Ask) -> InvitedVisit:
        """Give the request as collecting reads it."""
        facts = self._facts(ask)
        return InvitedVisit(
            id=ask.id,
            platform_id=facts.platform_id,
            provider_id=facts.provider_id,
            client_id=ask.person.member.id,
            occasion_id=ask.visit.identity,
            audience=ask.audience,
            questionnaire_id=ask.questionnaire,
            language=ask.person.client.language,
            pseudonym=facts.pseudonym,
            month=facts.month,
            visit_on=ask.visit_on,
            activity=facts.activity,
            mode=facts.mode,
            departement=facts.departement,
            territory=facts.territory,
            funders=facts.funders,
            age_band=facts.age_band,
            first_mode=facts.first_mode,
            collector=facts.collector,
            provider_name=self.past.provider.name,
            provider_short_name=self.past.provider.short_name,
            closes_at=ask.closes_at,
            closed_at=None,
            closed_reason=None,
            seen="",
            questionnaire=self.following.terms.questionnaires[ask.questionnaire],
            responses={},
        )


def _json(value: Mapping[str, object]) -> str:
    return msgspec.json.encode(value).decode()
