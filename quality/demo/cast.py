"""Who plays in the demonstration: organisations, conventions and accounts, all fictitious."""

from dataclasses import dataclass, field

from quality.access.actor import Role

PLATFORM_CODE, PLATFORM_NAME, PLATFORM_SMS_NAME = "PLE34", "Pléiades Services", "Pleiades"
PLATFORM_PHONE = "+33467000000"
PLATFORM_HOURS = "Du lundi au vendredi, de 10 h à 12 h 30 et de 14 h à 18 h."
SENDER, DATA_CONTACT = "avis@pleiades.invalid", "donnees@pleiades.invalid"
MEDIATOR = "Médiateur de la démonstration, 04 65 71 00 00"
LEGAL_NOTICE = "Pléiades Services, plateforme fictive de démonstration."
PASSWORD = "demonstration"  # noqa: S105 - the one that every page of the demonstration tells

HOME_HELP, HOUSEWORK, GARDEN, MEALS, MEALS_BROUGHT, ERRANDS = "I-3", "II-1", "II-2", "II-7", "II-8", "II-10"
PRESTATAIRE, MANDATAIRE = "prestataire", "mandataire"
HERAULT, CNAV, GIRONDE = "D34", "CNAV", "D33"


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider of the story; `quality` is how its visits go on the whole, in standard units around 0.

    `drift` moves that quality over the whole story, and `bad_month` spoils one month of the year.
    """

    rank: int
    name: str
    short_name: str
    legal_form: str
    departement: str
    activities: tuple[str, ...]
    quality: float = 0.0
    drift: float = 0.0
    bad_month: int = 0
    mode: str = PRESTATAIRE
    sends_daily: bool = False

    @property
    def siret(self) -> str:
        return siret_of(self.rank)

    @property
    def weight(self) -> float:
        """Return the size of the provider beside the others: a few large ones, many small (Zipf's law)."""
        return float(self.rank**-0.8)


# The one that INSEE's own documentation gives as an example; Aide 34 has it in the tests too.
FIRST_SIRET = "73282932000074"


def siret_of(rank: int) -> str:
    """Number a fictitious establishment: a SIREN of zeros was given to nobody, and its check digits hold.

    >>> siret_of(1), siret_of(2)
    ('73282932000074', '00000026500017')
    """
    if rank == 1:
        return FIRST_SIRET
    siren = _completed(f"{rank:07d}" + "6")
    return _completed(siren + "0001")


def _completed(digits: str) -> str:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-1::-2])
    plain = (int(digit) for digit in digits[-2::-2])
    return f"{digits}{-(sum(doubled) + sum(plain)) % 10}"


_CARE = (HOME_HELP, HOUSEWORK, MEALS)
_COMFORT = (HOUSEWORK, GARDEN)
_A, _E, _C = "association", "entreprise", "cooperative"

PROVIDERS = (
    Provider(1, "Aide 34", "Aide 34", _A, "34", _CARE, 0.1, drift=-0.35, sends_daily=True),
    Provider(2, "Cap Domicile", "Cap Domicile", _E, "34", _CARE, 0.25),
    Provider(3, "Gard Entraide", "Gard Entraide", _A, "30", _CARE, 0.0),
    Provider(4, "Thau Présence", "Thau Présence", _A, "34", _CARE, 0.45, sends_daily=True),
    Provider(5, "Garrigue Services", "Garrigue", _E, "34", _COMFORT, -0.15, bad_month=8),
    Provider(6, "Cévennes à Domicile", "Cévennes Domicile", _C, "30", _CARE, 0.3),
    Provider(7, "Les Mains d’Oc", "Les Mains d'Oc", _C, "34", _CARE, 0.2, drift=0.5),
    Provider(
        8,
        "CCAS de Valmarine",
        "CCAS Valmarine",
        "ccas",
        "34",
        (HOME_HELP, MEALS_BROUGHT),
        0.5,
        sends_daily=True,
    ),
    Provider(9, "Soleil à Domicile", "Soleil Domicile", _E, "34", _CARE, -0.5),
    Provider(10, "Vidourle Services", "Vidourle Serv.", _E, "30", _COMFORT, 0.0),
    Provider(11, "Orb et Jaur Entraide", "Orb Jaur Entraide", _A, "34", _CARE, 0.35),
    Provider(12, "Lez Mandataire", "Lez Mandataire", _A, "34", (HOME_HELP,), 0.1, mode=MANDATAIRE),
    Provider(13, "Nîmes Quotidien", "Nimes Quotidien", _E, "30", _CARE, -0.3),
    Provider(14, "Biterrois Assistance", "Biterrois Assist.", _E, "34", _CARE, 0.0),
    Provider(15, "Pic Saint-Loup Aide", "Pic St-Loup Aide", _A, "34", _CARE, 0.4),
    Provider(16, "Gardon Proximité", "Gardon Proximité", _C, "30", (*_CARE, ERRANDS), 0.15),
    Provider(17, "Étang d’Or Services", "Etang d'Or", _E, "34", _COMFORT, 0.2),
    Provider(18, "Larzac Présence", "Larzac Présence", _A, "34", _CARE, 0.3),
    Provider(19, "Alès Coup de Main", "Ales Coup de Main", _A, "30", (HOUSEWORK, ERRANDS), -0.1),
    Provider(20, "Les Jardins de Lou", "Jardins de Lou", "micro_entreprise", "34", (GARDEN,), 0.6),
)
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

    @property
    def providers(self) -> tuple[Provider, ...]:
        return tuple(
            provider
            for provider in PROVIDERS
            if provider.departement in self.departements
            and not (self.excludes_mandataire and provider.mode == MANDATAIRE)
        )


INDICATORS = ("GLOB", "PONCT", "QUAL", "RESP", "RECO", "RR2")
AGREEMENTS = (
    Agreement(
        HERAULT,
        "herault-qualite",
        "Convention qualité des services d’aide à domicile de l’Hérault",
        ("34",),
        {"GLOB": 85, "PONCT": 80, "RESP": 92},
        solution_days=10,
    ),
    Agreement(
        CNAV,
        "cnav-oscar",
        "Convention de suivi de la qualité, retraités autonomes",
        ("30", "34"),
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
    Player("admin", "Administration", Role.admin),
    Player("organisme", "Hélène Cabrol", Role.provider, AIDE_34.siret),
    Player("herault", "Paul Rieux", Role.funder, HERAULT),
    Player("cnav", "Inès Vernet", Role.funder, CNAV),
    Player("gironde", "Luc Darrieu", Role.funder, GIRONDE),
    Player("observateur", "Claire Aubin", Role.observer, "OBS"),
)
BY_DOOR = {player.door: player for player in PLAYERS}
