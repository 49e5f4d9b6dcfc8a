"""The first page of an administrator: who has access, and whether the installation works, in words."""

from dataclasses import dataclass
from datetime import timedelta

from quality.access import audit
from quality.access.actor import Actor, Role, operator
from quality.access.home import GATHERED, Heading
from quality.access.models import Account, Audit
from quality.access.scope import scoped, visible
from quality.component import HomePanel
from quality.db import fetch, fetch_value, pool
from quality.web.languages import counted, ngettext
from quality.web.languages import gettext as _

ADMIN = frozenset({Role.admin})
MOST_CHECKED = 20_000  # beyond, checking every seal is for the command line
QUIET = timedelta(minutes=10)
KEYS = "SELECT count(*) FROM api_key WHERE platform_id = $1 AND revoked_at IS NULL"
SINCE_LAST_RUN = "SELECT now() - max(finished_at) FROM tick_run WHERE error IS NULL"
# The last finished run of each job, when it failed.
FAILED = """
SELECT job FROM (SELECT DISTINCT ON (job) job, error FROM tick_run WHERE finished_at IS NOT NULL
                 ORDER BY job, started_at DESC) last
WHERE error IS NOT NULL ORDER BY job
"""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the installation, its tag and the page or command that acts on it."""

    label: str
    words: str
    state: str
    tag: str
    href: str


@dataclass(frozen=True, slots=True)
class InstallationPanel:
    heading: Heading
    facts: tuple[Fact, ...]


def _heading(actor: Actor, jobs: Fact) -> Heading:
    """Say whether the installation works, or what is wrong."""
    titles = {
        "ok": _("L’installation travaille"),
        "signal": _("Le travail de fond est arrêté"),
        "error": _("Le travail de fond est en échec"),
    }
    greeting = _("Bonjour %(name)s.") % {"name": actor.name}
    return Heading(titles[jobs.state], f"{greeting} {_(GATHERED[Role.admin])}")


async def panel(actor: Actor) -> InstallationPanel:
    jobs = await _jobs()
    facts = (await _accounts(actor), await _keys(actor), jobs, await _trail(actor))
    return InstallationPanel(_heading(actor, jobs), facts)


async def _accounts(actor: Actor) -> Fact:
    async with scoped(actor):
        accounts = visible(actor, Account).filter(is_active=True)
        total, waiting = await accounts.count(), await accounts.filter(password__isnull=True).count()
    words = counted(ngettext("{num} personne a un accès.", "{num} personnes ont un accès.", total), total)
    if waiting:
        more = ngettext(
            "{num} n’a pas encore choisi son mot de passe.",
            "{num} n’ont pas encore choisi leur mot de passe.",
            waiting,
        )
        words = f"{words} {counted(more, waiting)}"
    tag = ("signal", _("À relancer")) if waiting else ("ok", _("Tous ouverts"))
    return Fact(_("Comptes"), words, *tag, "/admin/comptes")


async def _keys(actor: Actor) -> Fact:
    """Count the keys; only an operator reads their rows, so nothing but the number is read here."""
    async with scoped(operator(actor.platform)) as db:
        total = int(await fetch_value(db, KEYS, actor.platform))
    if not total:
        words = _("Aucune clé n’ouvre l’échange de fichiers entre logiciels.")
        return Fact(_("Clés d’accès des logiciels"), words, "", _("Fermé"), "")
    words = counted(
        ngettext(
            "{num} clé ouvre l’échange de fichiers entre logiciels.",
            "{num} clés ouvrent l’échange de fichiers entre logiciels.",
            total,
        ),
        total,
    )
    return Fact(_("Clés d’accès des logiciels"), words, "info", _("Ouvert"), "")


async def _jobs() -> Fact:
    """Tell whether the background work runs; it is one for the whole installation."""
    since = await fetch_value(pool("work"), SINCE_LAST_RUN)
    failed = [row["job"] for row in await fetch(pool("work"), FAILED)]
    label = _("Travail de fond")
    if failed:
        names = ", ".join(failed)
        return Fact(
            label,
            _("En échec : {names}. Le journal du service dit pourquoi.").format(names=names),
            "error",
            _("À corriger"),
            "",
        )
    if since is None or since > QUIET:
        words = _("Rien n’a tourné depuis plus de dix minutes : aucun message ne part.")
        return Fact(label, words, "signal", _("À démarrer"), "")
    return Fact(label, _("Les messages, les appels et les contrôles tournent."), "ok", _("En marche"), "")


async def _trail(actor: Actor) -> Fact:
    label, href = _("Journal"), "/admin/journal"
    async with scoped(actor) as db:
        lines = await visible(actor, Audit).count()
        broken = await audit.breaks(db) if lines <= MOST_CHECKED else None
    held = counted(ngettext("{num} ligne est gardée.", "{num} lignes sont gardées.", lines), lines)
    if broken is None:
        words = _("La commande « quality audit verify » contrôle leur sceau.")
        return Fact(label, f"{held} {words}", "info", _("Non contrôlé ici"), href)
    if broken:
        return Fact(label, f"{held} {_('Une ligne a été modifiée.')}", "error", _("Sceau rompu"), href)
    return Fact(label, f"{held} {_('Aucune n’a été modifiée.')}", "ok", _("Sceau intact"), href)


PANELS = (HomePanel(ADMIN, panel, rank=10, heads=True),)
