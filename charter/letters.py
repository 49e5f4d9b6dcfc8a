"""Letters of the charter to a provider: what changed, why, and what to do; written with what they tell."""

from collections.abc import Callable, Mapping
from datetime import date
from uuid import UUID

from quality.complaints.ladder.recipients import Who, recipients
from quality.db import Connection, fetch_one
from quality.french import french
from quality.mail import outbox
from quality.web import languages
from quality.web.format import day_text
from quality.web.languages import gettext as _

# What each letter says: its subject, then what to do; the reason stands between.
SAID: Mapping[str, tuple[str, str]] = {
    "file.contest": (
        french("Charte : un point de votre dossier est contesté"),
        french("Répondez avant le {day}. Sans réponse, l’avis de la plateforme sera retenu."),
    ),
    "file.return": (
        french("Charte : votre dossier vous est renvoyé"),
        french("Corrigez votre auto-évaluation, puis envoyez-la à nouveau."),
    ),
    "file.accept": (
        french("Charte : votre adhésion est acceptée"),
        french("Elle vaut jusqu’au {day}. Elle est inscrite au registre public."),
    ),
    "adhesion.recognise": (
        french("Charte : votre adhésion est acquise par votre certificat"),
        french("Elle vaut jusqu’au {day}, comme le certificat. Elle est inscrite au registre public."),
    ),
    "adhesion.renew": (
        french("Charte : votre adhésion est renouvelée"),
        french("Elle vaut maintenant jusqu’au {day}."),
    ),
    "adhesion.remind": (
        french("Charte : votre adhésion est à renouveler"),
        french("Elle prend fin le {day}. Relisez votre auto-évaluation et envoyez-la avant cette date."),
    ),
    "adhesion.remind.certificate": (
        french("Charte : votre adhésion est à renouveler"),
        french("Elle prend fin le {day}, avec votre certificat. Envoyez le suivant à la plateforme."),
    ),
    "adhesion.warn": (
        french("Charte : un engagement n’est pas tenu"),
        french("Sans amélioration avant le {day}, l’adhésion sera suspendue."),
    ),
    "adhesion.recover": (
        french("Charte : l’engagement est de nouveau tenu"),
        french("Votre adhésion est en cours, jusqu’au {day}."),
    ),
    "adhesion.suspend": (
        french("Charte : votre adhésion est suspendue"),
        french("Le registre public le dit. Vous pouvez faire appel de cette décision."),
    ),
    "adhesion.lift": (
        french("Charte : votre appel est accepté"),
        french("La suspension est levée. Votre adhésion est en cours, jusqu’au {day}."),
    ),
    "adhesion.uphold": (
        french("Charte : la suspension est maintenue"),
        french("Elle sera levée quand l’engagement sera de nouveau tenu."),
    ),
    "adhesion.revoke": (
        french("Charte : votre adhésion est retirée"),
        french("Le registre public le dit. Vous pouvez envoyer un nouveau dossier."),
    ),
    "adhesion.expire": (
        french("Charte : votre adhésion a pris fin"),
        french("Pour adhérer de nouveau, envoyez votre auto-évaluation."),
    ),
    "adhesion.expire.certificate": (
        french("Charte : votre adhésion a pris fin"),
        french("Pour adhérer de nouveau, envoyez votre nouveau certificat à la plateforme."),
    ),
}


# That somebody reads the letters of the provider of a row: an account, else the organisation's own address.
REACHABLE = """
(EXISTS (SELECT FROM membership m JOIN account a ON a.id = m.account_id AND a.is_active
         WHERE m.organisation_id = w.provider_id AND m.role = 'provider')
 OR EXISTS (SELECT FROM organisation o WHERE o.id = w.provider_id AND o.email <> ''))
"""


async def write(
    db: Connection, whose: tuple[UUID, UUID], action: str, why: Callable[[], str], day: date | None
) -> None:
    """Write what an action says to the accounts of a provider, in their language; some actions say nothing.

    `whose` is its platform and itself; `why` gives the reason in the language of the reader. Call it in
    the transaction of the action.
    """
    if action not in SAID:
        return
    (platform, provider), (subject, sentence) = whose, SAID[action]
    signed = await fetch_one(db, "SELECT name FROM platform WHERE id = $1", platform)
    for each in await recipients(db, platform, Who.provider, provider):
        with languages.using(each.language):
            said_day = day_text(day, each.language, year=True) if day else ""
            lines = [_("Bonjour,"), why(), _(sentence).format(day=said_day), signed["name"] if signed else ""]
            text = "\n\n".join(filter(None, lines))
            await outbox.write(db, platform, each.email, _(subject), text)
