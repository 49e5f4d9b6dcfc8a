"""The words of /interventions: each ruling, each follow-up and each state of a visit as people read them."""

from collections.abc import Mapping
from dataclasses import dataclass

from quality.french import french
from surveys.channels import naming
from surveys.occasions.reading import FollowUp, Ruling
from surveys.protocol.occasion import Reason


@dataclass(frozen=True, slots=True)
class RulingWords:
    """One ruling: its name in addresses, its label, why in one sentence, and the look of its tag."""

    slug: str
    label: str
    sentence: str
    state: str = ""
    sign: str = "hidden"


FOR_ALL: Mapping[str, RulingWords] = {
    Ruling.UNDECIDED: RulingWords(
        "a-examiner",
        french("En attente"),
        french("La visite vient d’arriver : la décision sera bientôt prise."),
        "",
        "clock",
    ),
    Ruling.UPCOMING: RulingWords(
        "prevue",
        french("En attente, visite prévue"),
        french("La décision vient après la visite. Renvoyez-la une fois faite, avec la même référence."),
        "",
        "clock",
    ),
    Reason.CANCELLED: RulingWords(
        "annulee",
        french("Visite annulée"),
        french("Il n’y a rien à demander sur une visite annulée."),
        "",
        "cross",
    ),
    Reason.TOO_LATE: RulingWords(
        "trop-ancienne",
        french("Visite trop ancienne"),
        french("Sa ligne est arrivée trop tard pour que la personne soit encore interrogée."),
        "",
        "clock",
    ),
    Reason.NO_CHANNEL: RulingWords(
        "sans-contact",
        french("Sans moyen de contact"),
        french("Ajoutez un téléphone ou un e-mail, puis renvoyez la ligne."),
        "signal",
        "phone",
    ),
}
FOR_PROVIDER: Mapping[str, RulingWords] = {
    Ruling.UNDECIDED: FOR_ALL[Ruling.UNDECIDED],
    Ruling.UPCOMING: FOR_ALL[Ruling.UPCOMING],
    Ruling.NOTED: RulingWords(
        "prise-en-compte",
        french("Prise en compte"),
        french(
            "Cette visite est prise en compte. La plateforme choisit qui elle interroge, et ne dit pas qui, "
            "pour protéger chacun."
        ),
        "",
        "check",
    ),
    Reason.CANCELLED: FOR_ALL[Reason.CANCELLED],
    Ruling.SPARED: RulingWords(
        "personne-absente",
        french("Personne non dérangée"),
        french("À l’hôpital, décédée, partie, ou contrat terminé."),
    ),
    Reason.NO_CHANNEL: FOR_ALL[Reason.NO_CHANNEL],
    Reason.TOO_LATE: FOR_ALL[Reason.TOO_LATE],
}
FOR_STAFF: Mapping[str, RulingWords] = {
    Ruling.ASKED: RulingWords(
        "suivi-demande",
        french("Suivi demandé"),
        french("La personne est interrogée, aux heures permises et quatre fois au plus."),
        "info",
        "send",
    ),
    Ruling.UNDECIDED: FOR_ALL[Ruling.UNDECIDED],
    Ruling.UPCOMING: FOR_ALL[Ruling.UPCOMING],
    Reason.NOT_DRAWN: RulingWords(
        "non-tiree", french("Non tirée au sort"), french("Le tirage garde assez de visites par organisme.")
    ),
    Reason.NOT_CONFIGURED: RulingWords(
        "non-reglee",
        french("Plateforme non réglée"),
        french("Il manque le questionnaire ou le protocole de contact."),
    ),
    Reason.INTERVAL: RulingWords(
        "delai", french("Demande trop récente"), french("Le délai entre deux demandes n’est pas passé.")
    ),
    Reason.CAP: RulingWords(
        "plafond", french("Plafond atteint"), french("La personne a déjà reçu ses contacts des trente jours.")
    ),
    Reason.OWN_CAP: RulingWords(
        "plafond-propre",
        french("Plafond plus bas atteint"),
        french(
            "Le protocole donne à cette personne, ou à ce financeur, un plafond plus bas que celui de tous."
        ),
    ),
    Reason.REFUSED: RulingWords(
        "refus", french("Personne qui a refusé"), french("Elle ne veut plus être interrogée.")
    ),
    Reason.CONTACT_NO: RulingWords(
        "ne-pas-contacter", french("Ne pas contacter"), french("La fiche de la personne le demande.")
    ),
    Reason.COMPLAINT_OPEN: RulingWords(
        "reclamation", french("Réclamation en cours"), french("Elle est traitée avant toute autre demande.")
    ),
    Reason.NO_CHANNEL: RulingWords(
        "sans-contact",
        french("Sans moyen de contact"),
        french("Aucun téléphone ni e-mail utilisable, ou aucun que le protocole emploie."),
        "signal",
        "phone",
    ),
    Reason.TOO_LATE: FOR_ALL[Reason.TOO_LATE],
    Reason.CANCELLED: FOR_ALL[Reason.CANCELLED],
    Reason.HOSPITAL: RulingWords(
        "hopital", french("À l’hôpital"), french("La personne n’est pas dérangée pendant son séjour.")
    ),
    Reason.DECEASED: RulingWords("deces", french("Décès"), french("Plus aucun message ni appel ne part.")),
    Reason.MOVED: RulingWords(
        "depart", french("Départ"), french("La personne n’habite plus là où elle était aidée.")
    ),
    Reason.ENDED: RulingWords("contrat-fini", french("Contrat terminé"), french("L’aide a pris fin.")),
    Reason.CLIENT_NOT_ELIGIBLE: RulingWords(
        "identite-effacee",
        french("Identité effacée"),
        french("Les coordonnées sont effacées au bout de douze mois."),
    ),
}
ASKED_BECAUSE: Mapping[str, str] = {
    Reason.FIRST_INTERVENTION: french("Première visite"),
    Reason.WORKER_CHANGED: french("Changement d’intervenant"),
    Reason.INCIDENT: french("Incident signalé"),
    Reason.NOT_DONE: french("Visite non réalisée"),
    Reason.DRAWN: french("Tirée au sort"),
    Reason.QUARTER_FULL_ASK: french("Premier trimestre, sans tirage"),
    Reason.EVERY_VISIT: french("Chaque visite est suivie"),
}
STATUSES: Mapping[str, str] = {
    "planned": french("Prévue"),
    "done": french("Effectuée"),
    "cancelled": french("Annulée"),
    "not_done": french("Non réalisée"),
}
Tag = tuple[str, str, str]
CLOSED: Mapping[str, Tag] = {
    "cancelled": ("", french("Demande retirée"), "cross"),
    "deceased": ("", french("Demande retirée"), "cross"),
    "expired": ("", french("Sans réponse"), "unknown"),
}
ENDED: Mapping[str, str] = {
    "answered": french("La personne a répondu, le délai est passé."),
    "expired": french("Le délai est passé sans réponse."),
    "unsent": french("Le délai est passé sans qu’aucun message ni appel soit parti."),
    "cancelled": french("La visite n’a pas eu lieu."),
    "deceased": french("La personne est décédée."),
}
# Nobody answers what never left.
HELD: Mapping[str, Tag] = {
    "cap": ("", french("Aucun envoi\u00a0: plafond de 30 jours atteint"), "cross"),
    "hospital": ("", french("Aucun envoi\u00a0: personne à l’hôpital"), "cross"),
    "deceased": ("", french("Aucun envoi\u00a0: personne décédée"), "cross"),
    "contact_no": ("", french("Aucun envoi\u00a0: personne à ne pas contacter"), "cross"),
    "moved": ("", french("Aucun envoi\u00a0: personne partie"), "cross"),
    "ended": ("", french("Aucun envoi\u00a0: contrat terminé"), "cross"),
    "complaint_open": ("", french("Aucun envoi\u00a0: réclamation en cours"), "cross"),
    "channel_held": ("", french("Aucun envoi\u00a0: canal suspendu"), "cross"),
    "budget": ("", french("Aucun envoi\u00a0: limite du jour atteinte"), "cross"),
    "dead_endpoint": ("", french("Aucun envoi\u00a0: numéro ou adresse hors service"), "cross"),
    "wrong_number": ("", french("Aucun envoi\u00a0: numéro faux"), "cross"),
    "address_changed": ("", french("Aucun envoi\u00a0: coordonnées changées entre-temps"), "cross"),
    "address_purged": ("", french("Aucun envoi\u00a0: coordonnées effacées"), "cross"),
    "merged": ("", french("Aucun envoi\u00a0: message d’une autre visite parti au même moment"), "cross"),
    "refused_by_carrier": ("", french("Aucun envoi\u00a0: message refusé par l’opérateur"), "cross"),
    "carrier_down": ("", french("Aucun envoi\u00a0: l’opérateur ne répondait pas"), "cross"),
    "no_words": ("", french("Aucun envoi\u00a0: texte non écrit"), "cross"),
    "unreadable_version": (
        "",
        french("Aucun envoi\u00a0: protocole ou questionnaire illisible"),
        "cross",
    ),
    "claimed_too_often": ("", french("Aucun envoi\u00a0: envoi interrompu"), "cross"),
    "abandoned": ("", french("Aucun envoi\u00a0: envoi abandonné"), "cross"),
    "window_over": ("", french("Aucun envoi\u00a0: heures permises passées"), "cross"),
}
NOTHING_LEFT: Tag = ("", french("Aucun envoi"), "cross")
SENT: Tag = ("info", french("Demande envoyée"), "send")
TO_SEND: Tag = ("", french("Demande à envoyer"), "clock")


def standing(follow_up: FollowUp) -> Tag:
    """Say how a request stands: the state of its tag, its words and its icon."""
    if follow_up.is_answered:
        return ("ok", french("A répondu"), "check")
    if follow_up.is_refused:
        return ("", french("A refusé"), "cross")
    if follow_up.held and follow_up.closed_reason in (None, "expired"):
        return HELD.get(follow_up.held, NOTHING_LEFT)
    waiting = SENT if follow_up.sent else TO_SEND
    return CLOSED.get(follow_up.closed_reason or "", waiting)


def channels(follow_up: FollowUp) -> tuple[str, ...]:
    """Name the channels used, else those planned."""
    found = follow_up.sent or follow_up.planned
    return tuple(words for channel, words in naming.ONE.items() if channel in found)
