"""The canonical columns of the interventions and providers files, and the headings that name them."""

import unicodedata
from dataclasses import dataclass
from functools import cached_property

ERROR_HEADING = "erreur"

# RGPD art. 5(1)(c): never read, never given back, whatever the file holds.
PRIVATE_FRAGMENTS = (
    "naissance",
    "birth",
    "pathologie",
    "diagnos",
    "handicap",
    "dependance",
    "girage",
    "medical",
    "medecin",
    "sante",
    "health",
    "securitesociale",
)
PRIVATE_HEADINGS = frozenset({"gir", "nir", "ddn", "age", "neele", "nele", "numerosecu", "nsecu", "aggir"})


def fold(text: str) -> str:
    """Drop case, accents, spaces and punctuation.

    >>> fold("Début réel"), fold("N° d’orientation"), fold("started_at")
    ('debutreel', 'ndorientation', 'startedat')
    """
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in decomposed if character.isalnum())


@dataclass(frozen=True)
class Column:
    """A canonical name, its French heading, and the other headings that mean it."""

    name: str
    heading: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """One kind of file: its columns, those it must have, and the pairs of which it must have one."""

    columns: tuple[Column, ...]
    required: tuple[str, ...]
    either: tuple[tuple[str, str], ...] = ()

    @cached_property
    def by_heading(self) -> dict[str, str]:
        return {
            fold(heading): column.name
            for column in self.columns
            for heading in (column.name, column.heading, *column.others)
        }

    @cached_property
    def headings(self) -> dict[str, str]:
        return {column.name: column.heading for column in self.columns}

    def column_of(self, heading: str) -> str | None:
        """Return the canonical name behind a heading.

        >>> INTERVENTIONS.column_of("DEBUT REEL"), INTERVENTIONS.column_of("Commentaire")
        ('started_at', None)
        """
        return self.by_heading.get(fold(heading))


def is_private(heading: str) -> bool:
    """Tell a heading that announces a birth date or the health of somebody.

    >>> is_private("Date de naissance"), is_private("GIR"), is_private("Commentaire")
    (True, True, False)
    """
    folded = fold(heading)
    return folded in PRIVATE_HEADINGS or any(fragment in folded for fragment in PRIVATE_FRAGMENTS)


INTERVENTIONS = Sheet(
    columns=(
        Column(
            "reference",
            "Référence",
            ("Référence intervention", "Référence de l’intervention", "Référence visite", "N° intervention"),
        ),
        Column(
            "client_reference",
            "Référence client",
            ("Réf. client", "Référence du client", "N° client", "Code client", "Numéro client"),
        ),
        Column("client_name", "Nom du client", ("Client", "Nom client", "Nom", "Nom de famille")),
        Column("client_first_name", "Prénom du client", ("Prénom", "Prénom client")),
        Column("phone", "Téléphone", ("Tél", "Téléphone fixe", "Fixe", "Téléphone client")),
        Column("mobile", "Mobile", ("Portable", "Téléphone mobile", "Téléphone portable", "Tél. portable")),
        Column("email", "Courriel", ("E-mail", "Mail", "Adresse e-mail", "Adresse électronique", "Mél")),
        Column("language", "Langue"),
        Column("postcode", "Code postal", ("CP",)),
        Column("departement", "Département", ("Dépt", "Code département")),
        Column("commune", "Commune", ("Ville",)),
        Column("age_band", "Tranche d’âge", ("Classe d’âge", "Âge (tranche)")),
        Column("activity", "Activité", ("Code activité", "Prestation", "Service")),
        Column("mode", "Mode", ("Mode d’intervention", "Mode d’exercice")),
        Column("plan_reference", "Référence du plan d’aide", ("Référence plan", "Plan d’aide", "N° de plan")),
        Column("hours_notified", "Heures notifiées", ("Heures accordées", "Heures prévues au plan")),
        Column("referral_reference", "Référence orientation", ("Orientation", "N° d’orientation")),
        Column("planned_start", "Début prévu", ("Date prévue", "Début planifié", "Heure de début prévue")),
        Column("planned_end", "Fin prévue", ("Fin planifiée", "Heure de fin prévue")),
        Column("started_at", "Début réel", ("Début effectif", "Début réalisé", "Heure de début réelle")),
        Column("ended_at", "Fin réelle", ("Fin effective", "Fin réalisée", "Heure de fin réelle")),
        Column(
            "worker_reference",
            "Référence intervenant",
            ("Intervenant", "Référence de l’intervenant", "Code intervenant", "Référence salarié"),
        ),
        Column("funders", "Financeurs", ("Financeur", "Code financeur", "Codes financeurs")),
        Column("status", "Statut", ("État", "Statut de l’intervention", "Statut intervention")),
        Column("status_reason", "Motif", ("Motif du statut", "Motif d’annulation", "Raison")),
        Column("incident", "Incident", ("Incident signalé",)),
        Column("client_status", "Statut du client", ("Statut client", "Situation du client", "Situation")),
        Column(
            "client_status_since", "Statut du client depuis", ("Statut client depuis", "Situation depuis")
        ),
        Column("contact", "Contact", ("Préférence de contact", "Mode de contact")),
        Column("relative_name", "Nom du proche", ("Proche", "Nom proche", "Aidant")),
        Column("relative_phone", "Téléphone du proche", ("Téléphone proche", "Mobile du proche")),
        Column(
            "relative_email", "Courriel du proche", ("E-mail du proche", "Mail du proche", "Courriel proche")
        ),
    ),
    required=("reference", "client_reference", "activity", "mode"),
    either=(("postcode", "departement"), ("planned_start", "started_at")),
)

PROVIDERS = Sheet(
    columns=(
        Column("siret", "SIRET", ("N° SIRET", "Numéro SIRET")),
        Column("name", "Nom", ("Raison sociale", "Dénomination", "Organisme", "Nom de l’organisme")),
        Column("short_name", "Nom court", ("Nom abrégé", "Nom SMS", "Nom pour les SMS")),
        Column("legal_form", "Forme juridique", ("Statut juridique",)),
        Column("departement", "Département", ("Dépt", "Code département")),
        Column("email", "Courriel", ("E-mail", "Mail", "Adresse e-mail")),
        Column("activities", "Activités", ("Activité", "Codes activités")),
    ),
    required=("siret", "name", "legal_form", "departement"),
)
