"""Messages on the platform's home page: what left today by each channel, and what was held back and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from quality import clock
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.component import HomePanel
from quality.db import fetch
from quality.french import french
from quality.ids import uuid7_floor
from quality.web import languages
from quality.web.format import capital, spelled
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.platform import PARIS
from surveys.channels import naming

PLATFORM = frozenset({Role.platform})
OLDEST = timedelta(days=60)  # an attempt lives a month at most after its visit: older partitions are not read
CHANNELS = ("sms", "email", "phone")
SENT = """
SELECT channel, count(*) AS sent FROM attempt
WHERE platform_id = $1 AND id >= $2 AND sent_at >= $3 GROUP BY channel
"""
HELD = """
SELECT coalesce(reason, '') AS reason, count(*) AS held FROM attempt
WHERE platform_id = $1 AND id >= $2 AND settled_at >= $3
  AND state IN ('suppressed', 'expired', 'failed', 'dead')
GROUP BY 1 ORDER BY held DESC, 1
"""
REASONS: Mapping[str, str] = {
    "answered": french("La personne a déjà répondu"),
    "refused": french("La personne a refusé"),
    "closed": french("Le suivi est fermé"),
    "contact_no": french("La personne ne souhaite pas être contactée"),
    "deceased": french("La personne est décédée"),
    "hospital": french("La personne est à l’hôpital"),
    "moved": french("La personne a déménagé"),
    "ended": french("Le contrat est terminé"),
    "cap": french("La personne a déjà reçu tous les messages permis en 30 jours"),
    "complaint_open": french("Une réclamation est en cours"),
    "channel_held": french("L’envoi était suspendu"),
    "budget": french("La limite du jour était atteinte"),
    "merged": french("Un message sur une autre visite est parti au même moment"),
    "wrong_number": french("Le numéro est faux"),
    "appointment": french("Un rendez-vous l’a remplacé"),
    "late": french("Une étape suivante est venue avant"),
    "refused_by_carrier": french("L’opérateur a refusé le message"),
    "carrier_down": french("L’opérateur ne répondait pas"),
    "claimed_too_often": french("L’envoi s’est interrompu plusieurs fois"),
    "abandoned": french("Quelqu’un l’a abandonné"),
    "unsure": french("L’opérateur n’a pas dit si le message est arrivé"),
    "undelivered": french("L’opérateur n’a pas pu le remettre"),
    "unreached": french("Il n’a pas pu être remis à temps"),
    "dead_endpoint": french("Le numéro ou l’adresse ne marche plus"),
    "rerouted": french("Un autre moyen de contact l’a remplacé"),
    "no_answer": french("Personne n’a décroché"),
    "unable": french("La personne ne peut pas répondre"),
    "supervisor": french("La personne qui encadre les appels l’a arrêté"),
    "withdrawn": french("Il n’avait plus lieu d’être"),
    "carrier": french("L’opérateur a refusé le message"),
    "cancelled": french("La visite n’a pas eu lieu"),
    "window_over": french("Les heures permises étaient passées"),
    "no_words": french("Le texte de cette étape n’est pas écrit"),
    "unreadable_version": french("Son protocole ou son questionnaire ne se lit pas"),
    "address_changed": french("Les coordonnées ont changé"),
    "address_purged": french("Les coordonnées ont été effacées"),
}
OTHER = french("Sans raison enregistrée")


@dataclass(frozen=True, slots=True)
class MessagesPanel:
    """(channel, count) pairs of today, then (reason, count) pairs of what did not leave."""

    title: str
    sent: tuple[tuple[str, int], ...]
    held: tuple[tuple[str, int], ...]


async def panel(actor: Actor) -> MessagesPanel:
    now = clock.now()
    midnight = now.astimezone(PARIS).replace(hour=0, minute=0, second=0, microsecond=0)
    values = (actor.platform, uuid7_floor(now - OLDEST), midnight)
    async with scoped(actor) as db:
        sent = {row["channel"]: row["sent"] for row in await fetch(db, SENT, *values)}
        held = {row["reason"]: row["held"] for row in await fetch(db, HELD, *values)}
    return MessagesPanel(
        title=_title(sent.get("sms", 0) + sent.get("email", 0)),
        sent=tuple((_(naming.MANY[channel]), sent.get(channel, 0)) for channel in CHANNELS),
        held=_held(held),
    )


def _held(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for reason, held in counts.items():
        words = _(REASONS.get(reason, OTHER))
        found[words] = found.get(words, 0) + held
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _title(sent: int) -> str:
    if not sent:
        return _("Aucun message parti aujourd’hui")
    words = ngettext("{num} message parti aujourd’hui", "{num} messages partis aujourd’hui", sent)
    return capital(words.format(num=spelled(sent, languages.current())))


PANELS = (HomePanel(PLATFORM, panel, rank=30, span=6),)
