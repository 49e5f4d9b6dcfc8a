"""A simulation put into words: the sentences, bars and tables of each protocol, and what compares two."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from quality.web import charts, languages
from quality.web import format as text
from quality.web.languages import counted, ngettext
from quality.web.languages import gettext as _
from surveys.channels import naming
from surveys.occasions.words import ASKED_BECAUSE, FOR_STAFF
from surveys.protocol.definition import Protocol
from surveys.protocol.occasion import Reason
from surveys.simulation.figures import Cost, Day, Figures, ForProvider, Hour
from surveys.simulation.screens import Bars, Rows, SimulationSide


def title_of(protocols: Sequence[Protocol], titles: Sequence[str], found: Sequence[Figures]) -> str:
    """Say what was found: what leaves with one protocol, the calls of each with two.

    Two writings of one protocol are told apart by their titles.
    """
    if not found:
        return _("Simuler « {name} »").format(name=protocols[0].label)
    if len(found) == 1:
        return _("{messages} et {calls}").format(
            messages=_messages(found[0].messages), calls=_calls(found[0].calls)
        )
    labels = [protocol.label for protocol in protocols]
    names = labels if len(set(labels)) == len(labels) else titles
    return f"{text.NBSP}; ".join(
        _("{name} : {calls}").format(name=name, calls=_calls(each.calls))
        for name, each in zip(names, found, strict=True)
    )


def side_of(letter: str, title: str, found: Figures, per_hour: int) -> SimulationSide:
    """Write what one protocol comes to."""
    agents = _agents_by_day(found.hours)
    return SimulationSide(
        id=f"protocole-{letter or 'seul'}",
        letter=letter,
        title=title,
        sentences=_sentences(found, per_hour),
        message_bars=_bars([(_day(day.day), day.messages) for day in found.days if found.messages]),
        agent_bars=_bars([(_day(day), number) for day, number in agents.items()]),
        hour_bars=_hour_bars(found.hours),
        days=tuple(_day_row(day, agents) for day in found.days),
        hours=_hour_rows(found.hours),
        costs=tuple(_cost_row(cost) for cost in found.costs),
    )


def titled(protocol: Protocol) -> str:
    return _("{name}, version {version}").format(name=protocol.label, version=protocol.version)


def draft_titled(protocol: Protocol) -> str:
    return _("{name}, brouillon").format(name=protocol.label)


def provider_rows(found: Sequence[Figures], names: Mapping[UUID, str]) -> Rows:
    """Write a provider a line: its visits, then what each protocol brings, side by side."""
    sides = [{each.provider: each for each in figures.providers} for figures in found]
    return tuple(
        (names.get(first.provider, ""), _count(first.visits), *_brought(first.provider, sides))
        for first in (found[0].providers if found else ())
    )


def _brought(provider: UUID, sides: Sequence[Mapping[UUID, ForProvider]]) -> list[str]:
    return [words for side in sides for words in _answers(side[provider])]


def reason_rows(found: Sequence[Figures]) -> Rows:
    """Write a reason a line: the visits of each protocol, the most frequent of the first one on top."""
    counts = [each.reasons for each in found]
    known = {reason for each in counts for reason in each}
    ordered = sorted(known, key=lambda reason: (*(-each.get(reason, 0) for each in counts), reason))
    return tuple((_why(reason), *(_count(each.get(reason, 0)) for each in counts)) for reason in ordered)


def _sentences(found: Figures, per_hour: int) -> tuple[str, ...]:
    said = [
        ngettext("{asked} visite suivie sur {visits}.", "{asked} visites suivies sur {visits}.", found.asked)
        .format(asked=_count(found.asked), visits=_count(found.visits)),
        _("{messages} et {calls}.").format(
            messages=_messages(found.messages), calls=_calls(found.calls)
        ),
    ]  # fmt: skip
    if found.calls:
        agents = counted(ngettext("{num} agent", "{num} agents", found.agents), found.agents)
        said.append(
            _("Il faut {agents} à l’heure la plus chargée, à raison de {num} appels par heure et par agent.")
            .format(agents=agents, num=per_hour)
        )  # fmt: skip
    said.append(_cost_sentence(found))
    said.append(
        counted(
            ngettext("{num} réponse attendue.", "{num} réponses attendues.", found.answers), found.answers
        )
        if found.answers
        else _("Personne ne répond dans cette hypothèse : chaque demande va au bout de ses étapes.")
    )
    return tuple(said)


def _cost_sentence(found: Figures) -> str:
    if found.cents is None:
        return _("Indiquez les prix pour connaître le coût.")
    return _("Coût : {euros}.").format(euros=_euros(found.cents))


def _day_row(day: Day, agents: Mapping[date, int]) -> tuple[str, ...]:
    counts = (day.sms, day.email, day.calls, agents.get(day.day, 0))
    return (_day(day.day), *(_count(number) for number in counts))


def _agents_by_day(hours: Sequence[Hour]) -> dict[date, int]:
    """Give the agents of the busiest hour of each day."""
    found: dict[date, int] = {}
    for hour in hours:
        found[hour.day] = max(found.get(hour.day, 0), hour.agents)
    return found


def _by_hour(hours: Sequence[Hour]) -> dict[int, list[Hour]]:
    found: defaultdict[int, list[Hour]] = defaultdict(list)
    for hour in hours:
        found[hour.hour].append(hour)
    return dict(sorted(found.items()))


def _hour_rows(hours: Sequence[Hour]) -> Rows:
    days = len({hour.day for hour in hours})
    return tuple(
        (
            _span(hour),
            text.number(sum(each.calls for each in those) / days, 1, languages.current()),
            text.number(max(each.calls for each in those), 1, languages.current()),
            _count(max(each.agents for each in those)),
        )
        for hour, those in _by_hour(hours).items()
    )


def _hour_bars(hours: Sequence[Hour]) -> Bars:
    most = [
        (_span(hour), round(max(each.calls for each in those))) for hour, those in _by_hour(hours).items()
    ]
    return _bars(most)


def _bars(rows: Sequence[tuple[str, int]]) -> Bars:
    most = max((number for _label, number in rows), default=0) or 1
    return tuple((label, charts.hbar(number / most), _count(number)) for label, number in rows)


def _cost_row(cost: Cost) -> tuple[str, ...]:
    price, cents = cost.price, cost.cents
    lang = languages.current()
    shown = _("{num} c").format(num=text.number(float(price), 1, lang)) if price is not None else "–"
    return (
        _(naming.ONE[cost.channel]),
        _count(cost.number),
        shown,
        _euros(cents) if cents is not None else "–",
    )


def _answers(each: ForProvider) -> tuple[str, ...]:
    """Write the precision as half of the interval's width, for a share near 50 %."""
    if each.width is None:
        precision = "–"
    else:
        points = text.number(50 * each.width, 0, languages.current())
        precision = f"±{text.NBSP}{points}"
    return _count(each.asked), _count(each.answers), precision


def _why(reason: Reason) -> str:
    if reason in ASKED_BECAUSE:
        return _("Suivie\u00a0: {why}").format(why=_lower(_(ASKED_BECAUSE[reason])))
    return _("Non suivie\u00a0: {why}").format(why=_lower(_(FOR_STAFF[reason].label)))


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _messages(number: int) -> str:
    return counted(ngettext("{num} message", "{num} messages", number), number)


def _calls(number: int) -> str:
    return counted(ngettext("{num} appel", "{num} appels", number), number)


def _day(day: date) -> str:
    return text.capital(text.day_text(day, languages.current()))


def _span(hour: int) -> str:
    return _("{start} h à {end} h").format(start=hour, end=hour + 1)


def _count(number: int) -> str:
    return text.count(number, languages.current())


def _euros(cents: int) -> str:
    return _("{num} €").format(num=text.number(cents / 100, 2, languages.current()))
