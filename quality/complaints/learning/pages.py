"""/reclamations/bilan: what the complaints of the last twelve months teach, in words before figures."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.complaints.learning import reading as learning_reading
from quality.complaints.learning import shares as learning
from quality.complaints.learning import words
from quality.complaints.learning.reading import Authority, Organisation
from quality.complaints.learning.shares import LEAST, Told
from quality.complaints.learning.words import Bar, ShareRow
from quality.complaints.waiting import HREF as COMPLAINTS
from quality.component import ProviderLink
from quality.directory.activities import activity_name
from quality.errors import NotFound
from quality.web import languages
from quality.web.format import count, period_text, short_period_text
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.paging import Slice, sliced
from quality.web.platform import PARIS
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

HREF = f"{COMPLAINTS}/bilan"
READERS = frozenset({Role.platform, Role.supervisor, Role.provider})
MONTHS = 12
SHOWN_CLIENTS = 10


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """One organisation that had five complaints or more; nothing here ranks it."""

    href: str
    name: str
    complaints: str
    within: str
    escalated: str


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client who came more than once, with its complaints."""

    name: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """A remedy that the desk could not grant: how often, why, and who could."""

    remedy: str
    reason: str
    who_can: str
    count: str


@dataclass(frozen=True, slots=True)
class ComplaintLearning:
    """The page; without rows a card is not shown. `is_provider`: counts of 1 to 4 are not written."""

    title: str
    sentence: str
    options: tuple[tuple[str, str], ...]
    chosen: str
    chosen_name: str
    findings: tuple[str, ...]
    delay: tuple[str, str]
    shares: tuple[ShareRow, ...]
    months: tuple[Bar, ...]
    causes: tuple[Bar, ...]
    cause_columns: tuple[tuple[str, bool], ...]
    cause_rows: tuple[tuple[str, ...], ...]
    activities: tuple[Bar, ...]
    providers: Slice[ProviderRow] | None
    providers_left: str
    repeated: str
    clients: tuple[ClientRow, ...]
    authority: str
    refusals: tuple[RefusalRow, ...]
    is_empty: bool
    is_provider: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What the page is composed from; `all` holds serious events, `told` does not."""

    now: datetime
    all: tuple[Told, ...]
    told: list[Told]
    authority: Authority | None
    organisations: tuple[Organisation, ...]
    chosen: Organisation | None
    clients: Sequence[Sequence[Told]]
    names: Mapping[UUID, str]
    is_provider: bool

    @property
    def least(self) -> int:
        return LEAST if self.is_provider else 1


async def complaint_learning(request: Request) -> Response:
    actor, asked = signed_in(request), request.query_params
    read = await _read(request, actor, asked.get("organisme", ""))
    return await render(request, _page(read, asked.get("page", "")))


async def _read(request: Request, actor: Actor, code: str) -> Read:
    now, is_provider = clock.now(), actor.role == Role.provider
    since = _month_start(now, MONTHS - 1)
    async with scoped(actor) as db:
        organisations = await learning_reading.organisations(db, actor, code)
        chosen = _chosen(organisations, "" if is_provider else code)
        whose = chosen.id if chosen else None
        told = await learning_reading.told(db, actor, whose, since, now)
        authority = await learning_reading.authority(db, actor, whose, since, now)
        groups = learning.repeated(told)
        keyring = request.app.state.house.keyring
        names = await learning_reading.names(db, actor, keyring, groups[:SHOWN_CLIENTS])
    return Read(
        now=now,
        all=told,
        told=learning.wanted(told),
        authority=authority,
        organisations=organisations,
        chosen=chosen,
        clients=groups,
        names=names,
        is_provider=is_provider,
    )


def _chosen(organisations: Sequence[Organisation], code: str) -> Organisation | None:
    if not code:
        return None
    found = next((each for each in organisations if each.code == code), None)
    if found is None:
        raise NotFound
    return found


def _month_start(now: datetime, back: int) -> datetime:
    """Give the first instant in Paris of the month that is so many before the present one."""
    today = now.astimezone(PARIS).date()
    years, month = divmod(today.year * 12 + today.month - 1 - back, 12)
    return datetime.combine(date(years, month + 1, 1), time(), PARIS)


def _codes(now: datetime) -> list[str]:
    return [f"{_month_start(now, back):%Y-%m}" for back in range(MONTHS - 1, -1, -1)]


def _page(read: Read, page: str) -> ComplaintLearning:
    delays = learning.delays(read.told, read.now)
    is_empty = len(read.told) < read.least
    rows = () if read.is_provider or read.chosen else _provider_rows(read)
    return ComplaintLearning(
        title=_("Réclamations : ce qu’elles apprennent") if is_empty else words.title(delays),
        sentence=_sentence(read),
        options=(("", _("Tous")), *((each.code, each.name) for each in read.organisations)),
        chosen=read.chosen.code if read.chosen else "",
        chosen_name=read.chosen.name if read.chosen else "",
        findings=_findings(read) if not is_empty else (),
        delay=_delay(delays),
        shares=_shares(read, delays),
        months=_months(read),
        causes=_causes(read),
        cause_columns=_cause_columns(read),
        cause_rows=_cause_rows(read),
        activities=_activities(read),
        providers=sliced(rows, page, f"{HREF}?", "#organismes") if rows else None,
        providers_left=_left_words(read, len(rows)),
        repeated=_repeated(read),
        clients=_clients(read),
        authority=words.authority_sentence(read.authority) if read.authority else "",
        refusals=_refusals(read),
        is_empty=is_empty,
        is_provider=read.is_provider,
    )


def _since(read: Read) -> str:
    return period_text(_codes(read.now)[0], languages.current())


def _sentence(read: Read) -> str:
    about = _("Douze mois, depuis {month}.").format(month=_since(read))
    return f"{read.chosen.name}. {about}" if read.chosen else about


def _findings(read: Read) -> tuple[str, ...]:
    delays = learning.delays(read.told, read.now)
    found = (
        words.opened_sentence(len(read.told), _since(read)),
        words.delay_sentence(delays),
        words.cause_sentence(read.told),
        words.verdict_sentence(learning.verdicts(read.told)) if not read.is_provider else "",
        words.serious_sentence(learning.serious(read.all, read.now)) if not read.is_provider else "",
    )
    return tuple(each for each in found if each)


def _delay(of: learning.Delays) -> tuple[str, str]:
    if of.half is None:
        return _("pas encore connu"), _("moins de la moitié a reçu une solution")
    return words.days_words(of.half.value), words.half_words(of.half)


def _shares(read: Read, delays: learning.Delays) -> tuple[ShareRow, ...]:
    complaints, least, now = _("réclamations"), read.least, read.now
    return (
        words.within_row(delays, complaints, least=least),
        words.share_row(
            _("Résolues au premier contact"),
            learning.first_contact(read.told, now),
            complaints,
            least=least,
        ),
        words.share_row(
            _("Engagements tenus à temps"), learning.promises(read.all, now), _("engagements"), least=least
        ),
        words.share_row(
            _("Réglées, disent les personnes"), learning.verdicts(read.told).share, _("avis"), least=least
        ),
        words.share_row(
            _("Rouvertes après une solution"), learning.reopened(read.told), complaints, least=least
        ),
        words.share_row(
            _("Passées en d’autres mains"), learning.escalated(read.told), complaints, least=least
        ),
    )


def _months(read: Read) -> tuple[Bar, ...]:
    codes = _codes(read.now)
    opened = Counter(each.month for each in read.told)
    counts = [opened[code] for code in codes]
    labels = [short_period_text(code, languages.current()) for code in codes]
    shown = learning.protected(counts) if read.is_provider else counts
    return words.month_bars(labels, shown) if any(shown) else ()


def _causes(read: Read) -> tuple[Bar, ...]:
    counts = Counter(each.cause for each in read.told)
    named = {code: words.cause_words(code) for code in counts}
    return words.counted_bars(counts, named, _("Les autres causes ensemble"), least=read.least)


def _cause_columns(read: Read) -> tuple[tuple[str, bool], ...]:
    lang = languages.current()
    return ((_("Cause"), False), *((short_period_text(code, lang), True) for code in _codes(read.now)))


def _cause_rows(read: Read) -> tuple[tuple[str, ...], ...]:
    """Give the causes month by month, to the platform only: a provider would read counts of one."""
    if read.is_provider:
        return ()
    lang, codes = languages.current(), _codes(read.now)
    counts = Counter((each.cause, each.month) for each in read.told)
    causes = sorted({each.cause for each in read.told}, key=words.cause_words)
    return tuple(
        (words.cause_words(cause), *(count(counts[cause, code], lang) for code in codes)) for cause in causes
    )


def _activities(read: Read) -> tuple[Bar, ...]:
    counts = Counter(each.activity for each in read.told)
    named = {code: activity_name(code) for code in counts}
    return words.counted_bars(counts, named, _("Les autres activités ensemble"), least=read.least)


def _provider_rows(read: Read) -> tuple[ProviderRow, ...]:
    """List, in the order of their names, the organisations that had five complaints or more."""
    told: dict[UUID, list[Told]] = {}
    for each in read.told:
        told.setdefault(each.provider, []).append(each)
    known = [each for each in read.organisations if len(told.get(each.id, ())) >= LEAST]
    return tuple(
        _provider_row(each, told[each.id], read.now)
        for each in sorted(known, key=lambda o: o.name.casefold())
    )


def _provider_row(of: Organisation, told: list[Told], now: datetime) -> ProviderRow:
    within = words.within_row(learning.delays(told, now), _("réclamations"))
    gone = learning.escalated(told)
    return ProviderRow(
        href=f"{HREF}?organisme={of.code}",
        name=of.name,
        complaints=count(len(told), languages.current()),
        within=f"{within.value} ({within.interval})",
        escalated=count(gone.part, languages.current()),
    )


def _left_words(read: Read, shown: int) -> str:
    if read.is_provider or read.chosen:
        return ""
    others = len({each.provider for each in read.told}) - shown
    if not others:
        return ""
    return ngettext(
        "{num} autre organisme a eu moins de cinq réclamations.",
        "{num} autres organismes ont eu moins de cinq réclamations.",
        others,
    ).format(num=count(others, languages.current()))


def _repeated(read: Read) -> str:
    number = len(read.clients)
    if read.is_provider and 0 < number < LEAST:
        return _("Moins de 5 personnes qui ont donné leur nom sont venues plusieurs fois.")
    if not number:
        return _("Personne n’est venu plusieurs fois.")
    if read.is_provider:
        return _("{num} personnes qui ont donné leur nom sont venues plusieurs fois.").format(
            num=count(number, languages.current())
        )
    return ngettext(
        "{num} personne est venue plusieurs fois.", "{num} personnes sont venues plusieurs fois.", number
    ).format(num=count(number, languages.current()))


def _clients(read: Read) -> tuple[ClientRow, ...]:
    if not read.names:
        return ()
    return tuple(
        ClientRow(
            name=(read.names.get(group[0].client) if group[0].client else "") or _("Sans nom"),
            links=tuple((f"{COMPLAINTS}/{each.number}", str(each.number)) for each in group),
        )
        for group in read.clients[:SHOWN_CLIENTS]
    )


def _refusals(read: Read) -> tuple[RefusalRow, ...]:
    """Count what the desk could not grant, by remedy and reason, the most frequent first."""
    if read.authority is None:
        return ()
    counts = Counter((each.remedy, each.reason, each.who_can) for each in read.authority.refusals)
    return tuple(
        RefusalRow(
            words.remedy_words(remedy),
            words.reason_words(reason),
            words.who_words(who),
            count(number, languages.current()),
        )
        for (remedy, reason, who), number in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    )


ROUTES = (page(HREF, complaint_learning, roles=READERS, name="complaint-learning"),)
PROVIDER_LINKS = (
    ProviderLink("Bilan de ses réclamations", f"{HREF}?organisme={{code}}", READERS - {Role.provider}),
)
