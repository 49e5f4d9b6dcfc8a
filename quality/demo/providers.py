"""The providers of the story: those it names, and a crowd of fictitious ones drawn by a fixed seed (pure)."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

SEED = "Suivi Qualité, démonstration 2"
HOME_HELP, HOUSEWORK, GARDEN, MEALS, MEALS_BROUGHT, ERRANDS = "I-3", "II-1", "II-2", "II-7", "II-8", "II-10"
PRESTATAIRE, MANDATAIRE = "prestataire", "mandataire"
PROVIDERS_COUNT = 180
SHORT_NAME_LENGTH = 17


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider of the story; `quality` is how its visits go on the whole, in standard units around 0.

    `drift` moves that quality over the whole story, `bad_month` spoils one month of the year, `punctuality`
    is added for the hour of arrival alone. Its clients follow its rank, unless `size` says how many.
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
    punctuality: float = 0.0
    mode: str = PRESTATAIRE
    sends_daily: bool = False
    size: int = 0

    @property
    def siret(self) -> str:
        """Return its code: a SIRET, save for somebody who employs their own carer."""
        return f"PE-{self.rank:04d}" if self.is_private else siret_of(self.rank)

    @property
    def is_private(self) -> bool:
        return self.legal_form == PRIVATE

    @property
    def weight(self) -> float:
        """Return its size beside the others: a few are large, many small (Zipf–Mandelbrot)."""
        return 0.0 if self.size else float((self.rank + 1) ** -0.85)


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


CARE = (HOME_HELP, HOUSEWORK, MEALS)
COMFORT = (HOUSEWORK, GARDEN)
A, E, C, PRIVATE = "association", "entreprise", "cooperative", "particulier_employeur"

NAMED = (
    Provider(1, "Aide 34", "Aide 34", A, "34", CARE, 0.4, punctuality=-1.4, sends_daily=True),
    Provider(2, "Cap Domicile", "Cap Domicile", E, "34", CARE, 0.25, sends_daily=True),
    Provider(3, "Gard Entraide", "Gard Entraide", A, "30", CARE, 0.0),
    Provider(4, "Thau Présence", "Thau Présence", A, "34", CARE, 0.45, sends_daily=True),
    Provider(5, "Garrigue Services", "Garrigue", E, "34", COMFORT, -0.15, bad_month=8, sends_daily=True),
    Provider(6, "Cévennes à Domicile", "Cévennes Domicile", C, "30", CARE, 0.3),
    Provider(7, "Les Mains d’Oc", "Les Mains d'Oc", C, "34", CARE, -1.3, drift=1.8, sends_daily=True),
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
    Provider(9, "Soleil à Domicile", "Soleil Domicile", E, "34", CARE, 0.4, drift=-1.9, sends_daily=True),
    Provider(10, "Vidourle Services", "Vidourle Serv.", E, "30", COMFORT, 0.0),
    Provider(11, "Orb et Jaur Entraide", "Orb Jaur Entraide", A, "34", CARE, 0.35),
    Provider(12, "Lez Mandataire", "Lez Mandataire", A, "34", (HOME_HELP,), 0.1, mode=MANDATAIRE),
    Provider(13, "Nîmes Quotidien", "Nimes Quotidien", E, "30", CARE, -0.3),
    Provider(14, "Biterrois Assistance", "Biterrois Assist.", E, "34", CARE, 0.0),
    Provider(15, "Pic Saint-Loup Aide", "Pic St-Loup Aide", A, "34", CARE, 0.4),
    Provider(16, "Gardon Proximité", "Gardon Proximité", C, "30", (*CARE, ERRANDS), 0.15),
    Provider(17, "Étang d’Or Services", "Etang d'Or", E, "34", COMFORT, 0.2),
    Provider(18, "Larzac Présence", "Larzac Présence", A, "34", CARE, 0.3),
    Provider(19, "Alès Coup de Main", "Ales Coup de Main", A, "30", (HOUSEWORK, ERRANDS), -0.1),
    Provider(20, "Les Jardins de Lou", "Jardins de Lou", "micro_entreprise", "34", (GARDEN,), 0.6, size=7),
    Provider(
        21, "Mme Aline Sagnier", "Mme Sagnier", PRIVATE, "34", (HOME_HELP,), 0.5, mode=MANDATAIRE, size=1
    ),
)

# Rivers and countries, never communes: no town is told to keep, or to miss, its word.
COUNTRIES = {
    "34": (
        *("Lergue", "Mosson", "Libron", "Salagou", "Espinouse", "Caroux", "Séranne", "Buèges", "Minervois"),
        *("Somail", "Thongue", "Peyne", "Escandorgue", "Orthus", "Mirande", "Bérange", "Vène", "Lagamas"),
    ),
    "30": ("Costières", "Uzège", "Cèze", "Vistre", "Salindre", "Aigoual", "Vaunage", "Galeizon", "Alzon"),
    "11": ("Corbières", "Cabardès", "Razès", "Orbieu", "Cesse", "Fresquel", "Lauquet", "Malepère"),
    "12": ("Lévézou", "Sorgues", "Dourdou", "Viaur", "Rougier", "Comtal", "Aubrac", "Cernon"),
    "48": ("Margeride", "Gévaudan", "Tarnon", "Truyère", "Jonte", "Méjean"),
    "81": ("Sidobre", "Agout", "Vère", "Dadou", "Thoré", "Cérou", "Arnette"),
}
SHARES = {"34": 58, "30": 16, "11": 9, "12": 6, "48": 4, "81": 7}
# What a name is made of, by legal form, and how many in a hundred have that form.
SHAPES: dict[str, tuple[int, tuple[str, ...]]] = {
    A: (44, ("{} Entraide", "Présence {}", "Foyers {}", "{} Solidarité", "Maintien {}")),
    E: (33, ("{} Services", "{} Domicile", "{} Confort", "{} Quotidien", "Maison {}")),
    "micro_entreprise": (9, ("Jardins {}", "{} Net", "Coup de main {}")),
    "ccas": (6, ("CCAS du Haut-{}",)),
    C: (5, ("Coop {}", "Ensemble {}")),
    "cias": (3, ("CIAS Pays {}",)),
}
ACTIVITIES: dict[str, tuple[tuple[str, ...], ...]] = {
    A: (CARE, CARE, (*CARE, ERRANDS), (HOME_HELP, HOUSEWORK)),
    E: (CARE, CARE, COMFORT, (HOUSEWORK, ERRANDS)),
    "micro_entreprise": ((GARDEN,), (HOUSEWORK,)),
    "ccas": ((HOME_HELP, MEALS_BROUGHT),),
    C: (CARE, COMFORT),
    "cias": ((HOME_HELP, MEALS_BROUGHT, HOUSEWORK),),
}


def _crowd() -> Iterator[Provider]:
    """Draw the providers that the story does not name; a name is given once."""
    random = Random(f"{SEED}|providers")  # noqa: S311 - a story, not a secret
    taken = {provider.name for provider in NAMED}
    for rank in range(len(NAMED) + 1, PROVIDERS_COUNT + 1):
        form = random.choices(list(SHAPES), [share for share, _ in SHAPES.values()])[0]
        departement = random.choices(list(SHARES), list(SHARES.values()))[0]
        name = random.choice(_names(form, departement, taken))
        taken.add(name)
        is_agent = form == A and random.random() < 0.06
        yield Provider(
            rank,
            name,
            short_name(name),
            form,
            departement,
            (HOME_HELP,) if is_agent else random.choice(ACTIVITIES[form]),
            quality=round(random.gauss(0.15, 0.3), 2),
            drift=round(random.gauss(0, 0.15), 2),
            punctuality=round(random.gauss(0, 0.12), 2),
            mode=MANDATAIRE if is_agent else PRESTATAIRE,
        )


def _names(form: str, departement: str, taken: set[str]) -> list[str]:
    places = COUNTRIES[departement]
    names = [shape.format(place) for shape in SHAPES[form][1] for place in places]
    return [name for name in names if name not in taken] or [
        name
        for shape in SHAPES[A][1]
        for place in places
        if (name := f"{shape.format(place)} 2") not in taken
    ]


def short_name(name: str) -> str:
    """Shorten a name to what an SMS carries.

    >>> short_name("Coup de main Escandorgue"), short_name("Présence Gévaudan")
    ('Coup de main Esc.', 'Presence Gevaudan')
    """
    plain = unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode()
    return plain if len(plain) <= SHORT_NAME_LENGTH else plain[: SHORT_NAME_LENGTH - 1].rstrip() + "."


PROVIDERS = (*NAMED, *_crowd())
