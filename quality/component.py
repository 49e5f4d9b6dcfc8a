"""What a component declares: its pages, models, jobs, commands and pieces of menus."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

import typer
from prometheus_client import Metric
from starlette.routing import Route


@dataclass(frozen=True, slots=True)
class Job:
    """A tick: `run` is awaited every `every`; a singleton runs once a slot among all processes.

    One that is `is_cut_short` gives back at a stop what it began, since another process begins it again.
    """

    name: str
    run: Callable[[Any], Awaitable[None]]
    every: timedelta
    is_singleton: bool = True
    is_cut_short: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """How long something is kept: `forget` erases what is over, batch by batch, and tells how many went.

    It is a job of its own name; `quality purge` keeps all of them at once, and `label` says what goes.
    """

    name: str
    label: str
    forget: Callable[[Any], Awaitable[int]]
    every: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of the menu for some roles; `count` says how many things wait there."""

    href: str
    label: str
    icon: str
    roles: frozenset[str]
    rank: int = 50
    count: Callable[[Any], Awaitable[int]] | None = None


@dataclass(frozen=True, slots=True)
class HomeSection:
    """What waits for a role today, on /accueil: `load(actor)` gives few things to do, the others in one.

    One that names people takes the keyring too, and writes in the audit trail which names it read: it has a
    transaction of its own, as the trail is locked to its end. All others share one, with the panels.
    """

    roles: frozenset[str]
    load: Callable[..., Awaitable[Sequence[Any]]]
    rank: int = 50
    reads_names: bool = False


@dataclass(frozen=True, slots=True)
class HomePanel:
    """A card of /accueil for some roles, under what waits today.

    `load(actor)` gives a frozen dataclass, or None when there is nothing to show. Its template is that of its
    class (`ReviewsPanel` of `surveys` → surveys/reviews_panel.html), includes one card and reads the variable
    `panel`. `span` is from 3 to 9 columns, or 12; the page widens the last card of a row that is not full.
    One that `heads` the page says in its field `heading` what the h1 is, or None to leave the usual one.
    """

    roles: frozenset[str]
    load: Callable[[Any], Awaitable[Any]]
    rank: int = 50
    span: int = 12
    heads: bool = False


@dataclass(frozen=True, slots=True)
class SearchSource:
    """What /recherche looks into for some roles: `find(actor, house, query)` gives hits, best first."""

    title: str
    roles: frozenset[str]
    find: Callable[[Any, Any, str], Awaitable[Sequence[Any]]]
    rank: int = 50


@dataclass(frozen=True, slots=True)
class FollowedOffer:
    """What a component offers on the page where a client follows a complaint: /suivi/{token}/`path`.

    `is_open(followed)` says when; without it, as long as the complaint goes on. Whoever just said that it is
    settled is led at once to what `follows_verdict`.
    """

    path: str
    label: str
    is_open: Callable[[Any], Awaitable[bool]] | None = None
    follows_verdict: bool = False


@dataclass(frozen=True, slots=True)
class ProviderLink:
    """A page about one provider, named on its file; `href` holds `{id}` or `{code}`."""

    label: str
    href: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class ConventionLink:
    """A page about what a convention's providers are, for conventions that name `indicator`.

    `href` holds `{code}`, the convention's.
    """

    label: str
    href: str
    roles: frozenset[str]
    indicator: str


def offered(
    links: Sequence[ConventionLink], role: str, code: str, indicators: Collection[str]
) -> tuple[tuple[str, str], ...]:
    """Give the (address, label) pairs that a role finds on a convention; a label is still to be translated.

    >>> link = ConventionLink("Charte", "/conventions/{code}/charte", frozenset({"funder"}), "CHARTE")
    >>> offered([link], "funder", "herault", ["GLOB", "CHARTE"]), offered([link], "funder", "cnav", ["GLOB"])
    ((('/conventions/herault/charte', 'Charte'),), ())
    """
    return tuple(
        (each.href.format(code=code), each.label)
        for each in links
        if role in each.roles and each.indicator in indicators
    )


@dataclass(frozen=True, slots=True)
class Component:
    """One part of the house. Everything is optional but the name.

    `on_platform_created` writes what a new platform starts with; called again at each migration, it adds what
    is missing and changes nothing else. `before_release` settles what was recorded since an instant: nothing
    undecided is published. `provider_facts(db, platform, day)` counts what each provider itself was at the
    end of a day, for a release (quality/measures/releases/facts.py). `needs_names(db, clients)` gives those
    of some clients whose name and addresses serve still, whatever their age. `opinions(actor, complaint)`
    gives what its client said of its handling, as far as the actor may read it. `yearly(actor, provider,
    year)` tells its part of the yearly report of an establishment (quality/network/yearly.py).

    The demonstration calls `demo_past` once for each provider, in a process of its own, for what came of its
    past visits (quality/demo/past.py); `demo_published` once, before its past is published; `demo` at each
    moment of its last days; `demo_home` for what the part shows on its first page. `demo_routes` and
    `demo_jobs` exist only there.
    """

    name: str
    models: Sequence[str] = ()
    migrations: str | None = None
    routes: Sequence[Route] = ()
    menu: Sequence[MenuEntry] = ()
    home: Sequence[HomeSection] = ()
    panels: Sequence[HomePanel] = ()
    search: Sequence[SearchSource] = ()
    provider_links: Sequence[ProviderLink] = ()
    convention_links: Sequence[ConventionLink] = ()
    followed_offers: Sequence[FollowedOffer] = ()
    jobs: Sequence[Job] = ()
    terms: Sequence[Term] = ()
    needs_names: Callable[[Any, Sequence[UUID]], Awaitable[set[UUID]]] | None = None
    commands: Callable[[typer.Typer], None] | None = None
    file_outcomes: Sequence[Callable[[Any, Any, Any], Awaitable[Sequence[Any]]]] = ()
    visible: Sequence[tuple[type[Any], Callable[..., Any]]] = ()
    examine: Callable[[Any], Awaitable[Sequence[str]]] | None = None
    metrics: Callable[[], Awaitable[Sequence[Metric]]] | None = None
    on_platform_created: Callable[[Any, Any], Awaitable[None]] | None = None
    opinions: Callable[[Any, UUID], Awaitable[Sequence[Any]]] | None = None
    yearly: Callable[[Any, UUID, int], Awaitable[Any]] | None = None
    before_release: Callable[[datetime], Awaitable[None]] | None = None
    provider_facts: Callable[[Any, UUID, date], Awaitable[Sequence[Any]]] | None = None
    demo_past: Callable[[Any], Awaitable[None]] | None = None
    demo_published: Callable[[Any], Awaitable[None]] | None = None
    demo: Callable[[Any], Awaitable[None]] | None = None
    demo_home: Callable[[Any], Awaitable[Any]] | None = None
    demo_routes: Sequence[Route] = ()
    demo_jobs: Sequence[Job] = ()


def load(names: Sequence[str]) -> tuple[Component, ...]:
    """Import components by dotted name, each `package.component:COMPONENT`, in the order given."""
    return tuple(_load_one(name) for name in names)


def _load_one(name: str) -> Component:
    module, _, attribute = name.partition(":")
    component = getattr(import_module(module), attribute)
    if not isinstance(component, Component):
        message = f"{name} is not a Component"
        raise TypeError(message)
    return component
