"""Who plays in the demonstration: organisations, conventions and accounts, all fictitious."""

from dataclasses import dataclass, field

from quality.access.actor import Role
from quality.demo.providers import MANDATAIRE, PROVIDERS, Provider

PLATFORM_CODE, PLATFORM_NAME, PLATFORM_SMS_NAME = "PLE34", "Pléiades Services", "Pleiades"
PLATFORM_PHONE = "+33467000000"
PLATFORM_HOURS = "Du lundi au vendredi, de 10\u00a0h à 12\u00a0h\u00a030 et de 14\u00a0h à 18\u00a0h."
SENDER, DATA_CONTACT = "avis@pleiades.invalid", "donnees@pleiades.invalid"
MEDIATOR = "Médiateur de la démonstration, 04 65 71 00 00"
LEGAL_NOTICE = "Pléiades Services, plateforme fictive de démonstration."
STRATUM_TARGET = 60  # clients asked about, by provider, funders, kind of activity and quarter
PASSWORD = "demonstration"  # noqa: S105 - the one that every page of the demonstration tells

HERAULT, CNAV, GIRONDE = "D34", "CNAV", "D33"


AIDE_34, CCAS = PROVIDERS[0], PROVIDERS[7]
BY_SIRET = {provider.siret: provider for provider in PROVIDERS}


@dataclass(frozen=True, slots=True)
class Body:
    """A funder or an observer."""

    code: str
    kind: str
    name: str
    short_name: str
    departement: str | None = None


BODIES = (
    Body(HERAULT, "funder", "Département de l’Hérault", "Hérault", "34"),
    Body(CNAV, "funder", "Caisse nationale d’assurance vieillesse", "Cnav"),
    Body(GIRONDE, "funder", "Département de la Gironde", "Gironde", "33"),
    Body("OBS", "observer", "Observatoire de la démonstration", "Observatoire"),
)


INDICATORS = ("GLOB", "PONCT", "QUAL", "RESP", "RECO", "RR2", "RECL_D", "RECL_S", "PROM_T")


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a funder and its providers agreed on."""

    funder: str
    code: str
    title: str
    departements: tuple[str, ...]
    targets: dict[str, int] = field(hash=False)
    excludes_mandataire: bool = False
    acknowledge_days: int = 2
    solution_days: int = 15
    indicators: tuple[str, ...] = INDICATORS

    @property
    def providers(self) -> tuple[Provider, ...]:
        return tuple(
            provider
            for provider in PROVIDERS
            if provider.departement in self.departements
            and not (self.excludes_mandataire and provider.mode == MANDATAIRE)
        )


AGREEMENTS = (
    Agreement(
        HERAULT,
        "herault-qualite",
        "Convention qualité des services d’aide à domicile de l’Hérault",
        ("34",),
        {"GLOB": 85, "PONCT": 80, "RESP": 92},
        solution_days=10,
        indicators=(*INDICATORS, "CHARTE"),
    ),
    Agreement(
        CNAV,
        "cnav-oscar",
        "Convention de suivi de la qualité, retraités autonomes",
        ("11", "12", "30", "34", "48", "81"),
        {"GLOB": 85, "QUAL": 80},
        excludes_mandataire=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Player:
    """An account of the demonstration: the word of its door, its name, its role and where it works."""

    door: str
    name: str
    role: Role
    organisation: str = ""

    @property
    def email(self) -> str:
        return f"{self.door}@demo.invalid"


PLAYERS = (
    Player("plateforme", "Sophie Delmas", Role.platform),
    Player("appels", "Nadia Ferrer", Role.agent),
    Player("superviseur", "Karim Lacaze", Role.supervisor),
    Player("admin", "Agnès Roumégas", Role.admin),
    Player("organisme", "Hélène Cabrol", Role.provider, AIDE_34.siret),
    Player("herault", "Paul Rieux", Role.funder, HERAULT),
    Player("cnav", "Inès Vernet", Role.funder, CNAV),
    Player("gironde", "Luc Darrieu", Role.funder, GIRONDE),
    Player("observateur", "Claire Aubin", Role.observer, "OBS"),
)
BY_DOOR = {player.door: player for player in PLAYERS}
