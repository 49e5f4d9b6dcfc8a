"""A simulation that was asked for, in words: what, when, where it stands, why it failed, what it ignores."""

from collections.abc import Sequence
from datetime import date

from quality.access.actor import Actor
from quality.french import french
from quality.web import format as text
from quality.web import languages
from quality.web.languages import counted, ngettext
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from surveys.protocol.definition import Protocol
from surveys.protocol.editing.choosing import DRAFT
from surveys.simulation.composing import draft_titled, titled
from surveys.simulation.requested import Asked, Failure, State, ahead_of
from surveys.simulation.screens import SimulationProgress
from surveys.simulation.sending import ROUND_THE_LOST

STATES = {
    State.waiting: french("en attente"),
    State.running: french("en cours"),
    State.done: french("terminée"),
    State.failed: french("pas faite"),
}


async def progress(actor: Actor, asked: Asked) -> SimulationProgress:
    """Say where a simulation stands before its end."""
    zone = (await card_of(actor.platform)).zone
    href = f"/protocoles/{asked.protocol}/simulation"
    when = text.capital(text.moment_text(asked.asked_at.astimezone(zone), languages.current()))
    tried = titles(asked.protocols, is_draft=_is_draft(asked))
    waits = asked.state is State.waiting
    return SimulationProgress(
        title=_("La simulation attend son tour") if waits else _("La simulation est en cours"),
        href=f"{href}/{asked.id}",
        form_href=href,
        stands=[_ahead(await ahead_of(asked)) if waits else _replayed(asked)],
        asked=(
            (_("Protocole"), tried[0]),
            *((_("Comparé avec"), other) for other in tried[1:]),
            (_("Visites"), _visits(asked)),
            (_("Demandée"), when),
        ),
    )


def _ahead(number: int) -> str:
    if not number:
        return _("Elle commence dans quelques secondes.")
    words = ngettext("{num} simulation passe avant elle.", "{num} simulations passent avant elle.", number)
    return counted(words, number)


def _replayed(asked: Asked) -> str:
    """Count the visits replayed; compared with another protocol, each is replayed twice."""
    if not asked.visits_total:
        return _("Les visites sont en train d’être lues.")
    lang = languages.current()
    read, total = text.count(asked.visits_read, lang), text.count(asked.visits_total, lang)
    said = ngettext(
        "{read} visite rejouée sur {total}.", "{read} visites rejouées sur {total}.", asked.visits_read
    ).format(read=read, total=total)
    return f"{said} {_('Chaque visite compte une fois par protocole.')}" if len(asked.protocols) > 1 else said


def sentence(asked: Asked | None = None) -> str:
    """Say which visits are replayed, once they are chosen."""
    if asked is None:
        return _(
            "Les visites sont rejouées comme si toutes passaient par ce protocole. Personne n’est contacté."
        )
    return _(
        "Visites {visits}, rejouées comme si toutes passaient par ce protocole. Personne n’est contacté."
    ).format(visits=_visits(asked))


def titles(protocols: Sequence[Protocol], *, is_draft: bool) -> list[str]:
    """Name each protocol with its version, the first one being perhaps a draft."""
    first, *others = protocols
    return [draft_titled(first) if is_draft else titled(first), *map(titled, others)]


def _is_draft(asked: Asked) -> bool:
    return asked.written["version"] == DRAFT


def _visits(asked: Asked) -> str:
    if asked.filename:
        return _("du fichier {name}").format(name=asked.filename)
    first, last = (date.fromisoformat(asked.written[name]) for name in ("du", "au"))
    lang = languages.current()
    return _("du {first} au {last}").format(
        first=text.day_text(first, lang, year=True), last=text.day_text(last, lang, year=True)
    )


async def lines(actor: Actor, own: Sequence[Asked]) -> tuple[tuple[str, str, str], ...]:
    """Give the address of each simulation, what it is about, when it was asked and where it stands."""
    zone = (await card_of(actor.platform)).zone
    return tuple(
        (
            f"/protocoles/{asked.protocol}/simulation/{asked.id}",
            _("{protocols} : {visits}").format(
                protocols=_both(titles(asked.protocols, is_draft=_is_draft(asked))),
                visits=_visits(asked),
            ),
            _("{state}, demandée {when}").format(
                state=text.capital(_(STATES[asked.state])),
                when=text.moment_text(asked.asked_at.astimezone(zone), languages.current()),
            ),
        )
        for asked in own
    )


def _both(names: Sequence[str]) -> str:
    return _("{first} et {last}").format(first=names[0], last=names[1]) if len(names) > 1 else names[0]


def failure_words(failure: Failure) -> str:
    return _(failure.message).format_map(failure.values)


def notes(asked: Asked) -> tuple[str, ...]:
    """Say what a simulation does not know."""
    if asked.outcome is None:
        return ()
    said = [
        _("Les souhaits, séjours à l’hôpital et refus sont ceux que l’on connaît aujourd’hui."),
        _("Chaque appel est passé dès l’ouverture de sa plage, par autant d’agents qu’il en faut."),
        _("La précision est donnée au plus prudent : un client sur deux satisfait, chacun compté une fois."),
    ]
    if any(found.lost.get(why) for found in asked.outcome.figures for why in ROUND_THE_LOST):
        said.append(
            _(
                "Des numéros ou des adresses ont changé ou cessé de marcher pendant cette période. Ce qui"
                " part vers ceux qui ne marchent plus compte, sans réponse, puis la suite passe par un autre"
                " moyen, quand il y en a un."
            )
        )
    if asked.outcome.refused:
        words = ngettext(
            "{num} ligne du fichier ne se lit pas et est laissée de côté.",
            "{num} lignes du fichier ne se lisent pas et sont laissées de côté.",
            asked.outcome.refused,
        )
        said.append(counted(words, asked.outcome.refused))
    return tuple(said)
