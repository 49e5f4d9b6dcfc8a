"""The pages of the action plan: the list with what gaps propose, and one action with its effect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from charter.actions.planning import OPEN, Given, Planned, Reading, State
from charter.actions.proposing import Priority, Proposal
from charter.declaring import naming
from charter.definition import Criterion, Edition
from charter.editions import Library, shipped
from charter.words import Tag, label_of, said, title_of
from quality.web import format as text
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.paging import sliced

HREF = "/charte/actions"
Errors = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action of the list; `effect` says what was measured before and after, or ""."""

    href: str
    title: str
    criterion: str
    owner: str
    due: str
    state: Tag
    effect: str


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A gap for which nothing is planned."""

    href: str
    label: str
    why: str
    priority: Tag


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """/charte/actions: what is planned, then what the gaps propose."""

    title: str
    sentence: str
    provider: str
    is_own: bool
    up: str
    query: str
    rows: tuple[ActionRow, ...]
    previous: str | None
    following: str | None
    position: str
    editions: tuple[tuple[str, str, bool], ...]
    proposals: tuple[ProposalRow, ...]


@dataclass(frozen=True, slots=True)
class ActionPage:
    """/charte/actions/{id}, and the form of a new one; `states` is empty there."""

    title: str
    sentence: str
    provider: str
    is_own: bool
    up: str
    action: str
    criterion: str
    criterion_href: str
    given: Given
    owners: tuple[tuple[str, str], ...]
    states: tuple[tuple[str, str], ...]
    state: Tag | None
    effect: tuple[tuple[str, str, str], ...]
    effect_words: str
    errors: Errors


@dataclass(frozen=True, slots=True)
class Sight:
    """Who reads whose plan, when, by which edition of which library.

    `code` is the provider's, "" for one's own.
    """

    provider: str
    is_own: bool
    code: str
    edition: Edition
    today: date
    library: Library = field(default_factory=shipped)

    def query(self, edition: Edition | None = None, **asked: str) -> str:
        """End an address that keeps on this provider, and on this edition or another."""
        asked |= {"organisme": self.code} if self.code else {}
        asked |= naming(self.library, edition or self.edition)
        return f"?{urlencode(asked)}" if asked else ""


def plan_page(
    sight: Sight,
    planned: Sequence[Planned],
    proposed: Sequence[Proposal],
    found: Mapping[UUID, Reading],
    begun: Sequence[Edition] = (),
    *,
    asked: str = "",
) -> ActionPlan:
    """Compose a page of the list, the one `asked` for.

    `found` is what is measured since, `begun` the editions whose gaps may be read.
    """
    shown = sliced(planned, asked, f"{HREF}{sight.query()}{'&' if sight.query() else '?'}")
    return ActionPlan(
        title=_title(planned, sight.today),
        sentence=_("Ce que vous faites pour progresser, et ce que vos clients en disent ensuite."),
        provider=sight.provider,
        is_own=sight.is_own,
        up=f"/charte{sight.query()}",
        query=sight.query().removeprefix("?"),
        rows=tuple(action_row(sight, each, found.get(each.id)) for each in shown.rows),
        previous=shown.previous,
        following=shown.following,
        position=shown.position,
        editions=_editions(sight, begun) if sight.is_own else (),
        proposals=tuple(_proposal_row(sight, each) for each in proposed) if sight.is_own else (),
    )


def _editions(sight: Sight, begun: Sequence[Edition]) -> tuple[tuple[str, str, bool], ...]:
    """Link to the gaps of each edition that is begun, when there are several."""
    links = [
        (
            f"{HREF}{sight.query(each)}",
            title_of(each, sight.library),
            each.reference == sight.edition.reference,
        )
        for each in begun
    ]
    return tuple(links) if len(links) > 1 else ()


def action_row(sight: Sight, of: Planned, newest: Reading | None) -> ActionRow:
    return ActionRow(
        href=f"{HREF}/{of.id}{sight.query()}",
        title=of.title,
        criterion=criterion_words(sight.library, of),
        owner=of.owner,
        due=_day(of.due_on),
        state=state_tag(of, sight.today),
        effect=effect_words(of.before, newest),
    )


def action_page(
    sight: Sight,
    of: Planned,
    newest: Reading | None,
    owners: Sequence[tuple[str, str]],
    refused: tuple[Given | None, Errors] = (None, ()),
) -> ActionPage:
    """Compose the page of one action; `newest` is what is measured since it is done."""
    owner = str(of.owner_id or "")
    given = refused[0] or Given(of.title, owner, of.due_on.isoformat(), of.state, of.note)
    return ActionPage(
        title=of.title,
        sentence=_("À faire avant le {day}.").format(day=_day(of.due_on)),
        provider=sight.provider,
        is_own=sight.is_own,
        up=f"{HREF}{sight.query()}",
        action=f"{HREF}/{of.id}{sight.query()}",
        criterion=criterion_words(sight.library, of),
        criterion_href=_criterion_href(sight, sight.library.find(*of.version), of.criterion),
        given=given,
        owners=(("", _("Personne encore")), *owners),
        states=tuple((each, state_words(each)) for each in State),
        state=state_tag(of, sight.today),
        effect=tuple(_effect(of.before, newest)),
        effect_words=effect_words(of.before, newest),
        errors=refused[1],
    )


def new_page(
    sight: Sight,
    criterion: Criterion,
    owners: Sequence[tuple[str, str]],
    written: tuple[Given, Errors],
) -> ActionPage:
    """Compose the form of a new action."""
    return ActionPage(
        title=_("Une action de plus"),
        sentence=label_of(criterion),
        provider=sight.provider,
        is_own=sight.is_own,
        up=f"{HREF}{sight.query()}",
        action=f"{HREF}/nouvelle{sight.query(critere=criterion.code)}",
        criterion=f"{criterion.code} {label_of(criterion)}",
        criterion_href=_criterion_href(sight, sight.edition, criterion.code),
        given=written[0],
        owners=(("", _("Personne encore")), *owners),
        states=(),
        state=None,
        effect=(),
        effect_words="",
        errors=written[1],
    )


def _day(day: date) -> str:
    return text.day_text(day, languages.current(), year=True)


def suggested(criterion: Criterion) -> str:
    """Give the words of a first action: what those who keep the criterion do, or the criterion itself."""
    words = said(criterion.practice) if criterion.practice else label_of(criterion)
    return words if len(words) <= 200 else label_of(criterion)[:200]


def criterion_words(library: Library, of: Planned) -> str:
    """Name the criterion that an action is about, in the words of its version."""
    criteria = library.find(*of.version).criteria
    found = next((each for each in criteria if each.code == of.criterion), None)
    return f"{of.criterion} {label_of(found)}" if found else of.criterion


def _criterion_href(sight: Sight, edition: Edition, code: str) -> str:
    return f"/charte/{code.replace('.', '/')}{sight.query(edition)}"


def state_words(state: State) -> str:
    return {
        State.TO_DO: _("À faire"),
        State.DOING: _("En cours"),
        State.DONE: _("Faite"),
        State.DROPPED: _("Abandonnée"),
    }[state]


def state_tag(of: Planned, today: date) -> Tag:
    if of.is_late(today):
        return "signal", _("En retard"), ""
    kind, sign = {
        State.TO_DO: ("", ""),
        State.DOING: ("info", "clock"),
        State.DONE: ("ok", ""),
        State.DROPPED: ("", "cross"),
    }[of.state]
    return kind, state_words(of.state), sign


def priority_tag(priority: Priority) -> Tag:
    return {
        Priority.HIGH: ("signal", _("Priorité haute"), ""),
        Priority.MEDIUM: ("info", _("Priorité moyenne"), ""),
        Priority.LOW: ("", _("Priorité basse"), "info"),
    }[priority]


def _proposal_row(sight: Sight, of: Proposal) -> ProposalRow:
    href = f"{HREF}/nouvelle{sight.query(critere=of.criterion.code)}"
    why = _("Vos clients ne disent pas la même chose") if of.is_contradicted else _("Pas encore satisfait")
    label = f"{of.criterion.code} {label_of(of.criterion)}"
    return ProposalRow(href, label, why, priority_tag(of.priority))


def _effect(before: Reading | None, newest: Reading | None) -> list[tuple[str, str, str]]:
    """Give (when, value, interval and count) of what was measured before, then after."""
    found = ((_("Avant"), before), (_("Depuis"), newest))
    return [(f"{when}, {_when(each)}", _value(each), _detail(each)) for when, each in found if each]


def effect_words(before: Reading | None, newest: Reading | None) -> str:
    """Say what changed and where, and only when the two intervals lie apart."""
    if before is None or newest is None:
        return ""
    words = _("Mesuré : {before}, puis {after}. On ne peut pas conclure.")
    if newest.bounds.low > before.bounds.high:
        words = _("Mesuré en hausse : {before}, puis {after}.")
    if newest.bounds.high < before.bounds.low:
        words = _("Mesuré en baisse : {before}, puis {after}.")
    later = _value(newest)
    if newest.of:
        later = f"{later} ({newest.of.place})"
    return words.format(before=_value(before), after=later)


def _value(of: Reading) -> str:
    lang = languages.current()
    if of.value is None:
        return text.interval_text(of.bounds.low, of.bounds.high, of.digits, lang)
    return text.percent(of.value, of.digits, lang)


def _detail(of: Reading) -> str:
    interval = text.interval_text(of.bounds.low, of.bounds.high, of.digits, languages.current())
    return f"{interval}, n = {text.count(of.bounds.count, languages.current())}"


def _when(of: Reading) -> str:
    if of.period:
        when = text.period_text(of.period, languages.current())
        return f"{when}, {of.of.place}" if of.of else when
    return _("du {first} au {last}").format(first=_day(of.starts_on), last=_day(of.ends_on))


def _title(planned: Sequence[Planned], today: date) -> str:
    late = sum(each.is_late(today) for each in planned)
    if late:
        return ngettext("Une action est en retard", "%(num)s actions sont en retard", late) % {"num": late}
    going = sum(each.state in OPEN for each in planned)
    if not going:
        return _("Plan d’actions")
    return ngettext("Une action en cours", "%(num)s actions en cours", going) % {"num": going}


def heads() -> tuple[str, ...]:
    """Give the headings of the exported plan."""
    return (
        _("Critère"),
        _("Action"),
        _("Responsable"),
        _("Échéance"),
        _("État"),
        _("Faite le"),
        _("Avancement"),
        _("Effet mesuré"),
    )


def export_rows(
    sight: Sight, planned: Sequence[Planned], found: Mapping[UUID, Reading]
) -> list[tuple[str, ...]]:
    """Give the lines of the exported plan."""
    return [
        (
            criterion_words(sight.library, each),
            each.title,
            each.owner,
            each.due_on.isoformat(),
            state_tag(each, sight.today)[1],
            each.done_on.isoformat() if each.done_on else "",
            each.note,
            effect_words(each.before, found.get(each.id)),
        )
        for each in planned
    ]
