"""The words that a cell may hold where only a few are possible, in the code's English and in French."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from quality.directory.intake.columns import fold
from quality.directory.intake.refusals import ValueRefused

WORDS_KEPT = 4096

MODES = {
    "prestataire": ("prestation", "mode prestataire"),
    "mandataire": ("mandat", "mode mandataire"),
    "mise_a_disposition": ("mise à disposition", "MAD"),
}
STATUSES = {
    "planned": ("prévue", "prévu", "planifiée", "planifié", "programmée", "à venir"),
    "done": ("effectuée", "effectué", "réalisée", "réalisé", "terminée", "terminé"),
    "cancelled": ("annulée", "annulé", "canceled"),
    "not_done": ("non réalisée", "non réalisé", "non effectuée", "non effectué", "non faite"),
}
STATUS_REASONS = {
    "client_absent": ("client absent", "absence du client", "cliente absente"),
    "client_cancelled": (
        "annulée par le client",
        "annulé par le client",
        "client annule",
        "annulation client",
    ),
    "worker_absent": (
        "intervenant absent",
        "absence de l’intervenant",
        "intervenante absente",
        "salarié absent",
    ),
    "organisation": ("organisme", "problème d’organisation", "annulée par l’organisme"),
    "hospital": ("hôpital", "hospitalisation", "client hospitalisé"),
    "other": ("autre", "autre motif"),
}
YES_NO = {
    "yes": ("oui", "o", "y", "true", "vrai", "1", "x"),
    "no": ("non", "n", "false", "faux", "0"),
}
CLIENT_STATUSES = {
    "active": ("actif", "active", "en cours", "présent", "présente"),
    "hospital": ("hôpital", "hospitalisé", "hospitalisée", "à l’hôpital"),
    "moved": ("déménagé", "déménagée", "parti", "partie", "en établissement", "entrée en établissement"),
    "ended": ("terminé", "terminée", "contrat terminé", "fin de contrat", "résilié", "sorti"),
    "deceased": ("décédé", "décédée", "décès"),
}
CONTACTS = {
    "no": ("non", "aucun", "ne pas contacter", "refus"),
    "phone": ("téléphone", "tél", "appel"),
    "sms": ("texto",),
    "email": ("e-mail", "courriel", "mail", "mél"),
}
LANGUAGES = {
    "fr": ("français", "france", "fra"),
    "en": ("anglais", "english", "eng"),
    "es": ("espagnol",),
    "pt": ("portugais",),
    "it": ("italien",),
    "de": ("allemand",),
    "ar": ("arabe",),
}
LEGAL_FORMS = {
    "association": ("association loi 1901", "asso"),
    "entreprise": ("société", "SARL", "SAS", "SASU", "EURL", "SA"),
    "micro_entreprise": ("micro-entrepreneur", "auto-entrepreneur", "auto-entreprise"),
    "cooperative": ("coopérative", "SCOP", "SCIC"),
    "ccas": ("centre communal d’action sociale",),
    "cias": ("centre intercommunal d’action sociale",),
    "etablissement_public": ("établissement public",),
    "particulier_employeur": ("particulier employeur", "particulier"),
}
AGE_BANDS = ("<60", "60-74", "75-84", "85+")

_AGE_NOISE = re.compile(r"\bans?\b|\s")
_AGE_WORDS = {"moinsde60": "<60", "85etplus": "85+", "plusde85": "85+", ">=85": "85+", "85etplusans": "85+"}


def choice(words: Mapping[str, tuple[str, ...]], message: str) -> Callable[[str], str]:
    """Return the reader of a cell that takes only these words, in any case and with or without accents."""
    meanings = {fold(word): value for value, synonyms in words.items() for word in (value, *synonyms)}

    @lru_cache(WORDS_KEPT)
    def read(text: str) -> str:
        meaning = meanings.get(fold(text))
        if meaning is None:
            raise ValueRefused(message)
        return meaning

    return read


@lru_cache(WORDS_KEPT)
def read_age_band(text: str) -> str:
    """Read a band of ages.

    >>> read_age_band("75 – 84 ans"), read_age_band("moins de 60 ans"), read_age_band("85 et plus")
    ('75-84', '<60', '85+')
    """
    plain = _AGE_NOISE.sub("", text.casefold()).replace("–", "-").replace("à", "-")
    band = _AGE_WORDS.get(plain, plain)
    if band not in AGE_BANDS:
        message = "Tranche d’âge inconnue. Écrivez <60, 60-74, 75-84 ou 85+."
        raise ValueRefused(message)
    return band


read_mode = choice(MODES, "Mode inconnu. Écrivez prestataire, mandataire ou mise_a_disposition.")
read_status = choice(STATUSES, "Statut inconnu. Écrivez planned, done, cancelled ou not_done.")
read_status_reason = choice(
    STATUS_REASONS,
    "Motif inconnu. Écrivez client_absent, client_cancelled, worker_absent, organisation, hospital ou other.",
)
read_client_status = choice(
    CLIENT_STATUSES, "Statut du client inconnu. Écrivez active, hospital, moved, ended ou deceased."
)
read_contact = choice(CONTACTS, "Contact inconnu. Écrivez no, phone, sms ou email.")
read_language = choice(LANGUAGES, "Langue inconnue. Écrivez un code de deux lettres, par exemple fr ou en.")
read_legal_form = choice(
    LEGAL_FORMS,
    "Forme juridique inconnue. Écrivez association, entreprise, micro_entreprise, cooperative, ccas, cias, "
    "etablissement_public ou particulier_employeur.",
)
_read_word = choice(YES_NO, "Réponse inconnue. Écrivez yes ou no.")


def read_yes_no(text: str) -> bool:
    """Read a yes or a no.

    >>> read_yes_no("Oui"), read_yes_no("no")
    (True, False)
    """
    return _read_word(text) == "yes"
