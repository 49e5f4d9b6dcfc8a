"""The clients of the story: drawn by a fixed seed, on numbers that Arcep keeps for fiction (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from quality.demo import cast
from quality.demo.cast import CNAV, HERAULT, HOME_HELP, MANDATAIRE, PROVIDERS, Provider
from quality.directory.names import fold_word

SEED = "Suivi Qualité, démonstration 1"
CLIENTS = 900

WOMEN = (
    *("Jeanne", "Paulette", "Yvette", "Simone", "Odette", "Ginette", "Monique", "Denise", "Huguette"),
    *("Josette", "Colette", "Andrée", "Lucienne", "Raymonde", "Marcelle", "Renée", "Suzanne", "Arlette"),
    *("Claudine", "Nicole", "Françoise", "Mireille", "Danielle", "Éliane", "Fatima", "Carmen", "Maria"),
)
MEN = (
    *("André", "Marcel", "Robert", "Roger", "Pierre", "Jean", "Henri", "Georges", "Louis", "Maurice"),
    *("Raymond", "Claude", "René", "Michel", "Gérard", "Antonio", "Ahmed", "Lucien", "Émile", "Gilbert"),
)
FAMILIES = (
    *("Martinez", "Garcia", "Vidal", "Roussel", "Fabre", "Sanchez", "Durand", "Lopez", "Blanc", "Roux"),
    *("Bonnet", "Arnaud", "Pages", "Cros", "Castan", "Mas", "Bousquet", "Rouquette", "Cazals", "Granier"),
    *("Teissier", "Valette", "Gely", "Sicard", "Combes", "Boyer", "Causse", "Delmas", "Fournier", "Galtier"),
    *("Jourdan", "Lafont", "Maurin", "Nougaret", "Olivier", "Pujol", "Quet", "Reboul", "Serres", "Tarral"),
    *("Vabre", "Viala", "Azaïs", "Barral", "Carrière", "Donnadieu", "Espinasse", "Foulquier", "Guiraud"),
    *("Hérail", "Izard", "Julien", "Lavit", "Molinier", "Navarro", "Ortega", "Perez", "Ramos", "Soler"),
)
RELATIVES = ("Claire", "Sylvie", "Nathalie", "Laurent", "Philippe", "Karine", "Thierry", "Valérie")
TOWNS = {
    "34": (
        *(("34000", "Montpellier"), ("34080", "Montpellier"), ("34500", "Béziers"), ("34200", "Sète")),
        *(("34400", "Lunel"), ("34110", "Frontignan"), ("34300", "Agde"), ("34700", "Lodève")),
        *(
            ("34120", "Pézenas"),
            ("34190", "Ganges"),
            ("34600", "Bédarieux"),
            ("34220", "Saint-Pons-de-Thomières"),
        ),
    ),
    "30": (
        *(("30000", "Nîmes"), ("30900", "Nîmes"), ("30100", "Alès"), ("30200", "Bagnols-sur-Cèze")),
        *(("30700", "Uzès"), ("30120", "Le Vigan"), ("30250", "Sommières"), ("30300", "Beaucaire")),
    ),
}
AGES = (("<60", 4), ("60-74", 22), ("75-84", 42), ("85+", 32))
# How somebody is reached: a mobile, a mobile and a landline, an e-mail, a landline, a relative.
LINES = (("mobile", 40), ("both", 22), ("email", 12), ("landline", 20), ("relative", 6))


@dataclass(frozen=True, slots=True)
class Client:
    """A client as the provider's files tell them; `visits` is how many there are in the whole story."""

    provider: Provider
    reference: str
    name: str
    departement: str
    postcode: str
    commune: str
    age_band: str
    activity: str
    mode: str
    funders: tuple[str, ...] = ()
    mobile: str = ""
    phone: str = ""
    email: str = ""
    relative_name: str = ""
    relative_phone: str = ""
    language: str = "fr"
    contact: str = ""
    visits: int = 1
    arrives: float = 0.0
    leaves: float = 1.0
    story: str = ""


def mobile_of(rank: int) -> str:
    """Return one of the ten thousand mobiles of fiction (Arcep, decision 2018-0881).

    >>> mobile_of(7)
    '06 39 98 00 07'
    """
    return f"06 39 98 {rank // 100:02d} {rank % 100:02d}"


def landline_of(rank: int) -> str:
    return f"04 65 71 {rank // 100:02d} {rank % 100:02d}"


def clients(total_visits: int) -> tuple[Client, ...]:
    """Draw every client: the ones the story names first, then the crowd; their visits add up to the total."""
    random = Random(SEED)  # noqa: S311 - a story, not a secret
    named = _named()
    crowd = [_drawn(random, provider, rank) for rank, provider in enumerate(_homes(), start=100)]
    crowd = crowd[: CLIENTS - len(named)]
    weights = [random.lognormvariate(0, 0.75) for _ in crowd]
    left = total_visits - sum(client.visits for client in named) - len(crowd)
    shares = _apportioned(left, weights)
    return (*named, *(replace(c, visits=1 + share) for c, share in zip(crowd, shares, strict=True)))


def _homes() -> list[Provider]:
    """Give each client of the crowd its provider, by the size of each."""
    shares = _apportioned(CLIENTS, [provider.weight for provider in PROVIDERS])
    return [provider for provider, share in zip(PROVIDERS, shares, strict=True) for _ in range(share)]


def _apportioned(total: int, weights: Sequence[float]) -> list[int]:
    """Share a total in whole parts, the largest remainders first.

    >>> _apportioned(5, [1.0, 1.0, 2.0])
    [1, 1, 3]
    """
    exact = [total * weight / sum(weights) for weight in weights]
    parts = [int(share) for share in exact]
    order = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], -weights[place]))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return parts


def _drawn(random: Random, provider: Provider, rank: int) -> Client:
    name = _name(random)
    postcode, commune = random.choice(TOWNS[provider.departement])
    activity = random.choice((provider.activities[0], *provider.activities))
    age = _weighted(random, AGES)
    client = Client(
        provider,
        f"C{rank:04d}",
        name,
        provider.departement,
        postcode,
        commune,
        age,
        activity,
        provider.mode,
        _funders(random, provider, activity, age),
        language="en" if random.random() < 0.01 else "fr",
        contact=_wish(random),
        arrives=random.random() * 0.7 if random.random() < 0.35 else 0.0,
        leaves=1 - random.random() * 0.6 if random.random() < 0.2 else 1.0,
    )
    return _reached(random, client, rank)


def _name(random: Random) -> str:
    if random.random() < 0.7:
        return f"Mme {random.choice(WOMEN)} {random.choice(FAMILIES)}"
    return f"M. {random.choice(MEN)} {random.choice(FAMILIES)}"


def _weighted(random: Random, choices: Sequence[tuple[str, int]]) -> str:
    return random.choices([word for word, _ in choices], [weight for _, weight in choices])[0]


def _wish(random: Random) -> str:
    drawn = random.random()
    return "no" if drawn < 0.015 else "phone" if drawn < 0.03 else ""


def _funders(random: Random, provider: Provider, activity: str, age: str) -> tuple[str, ...]:
    """Give who pays: the département for most home help in Hérault, the pension fund for lighter needs."""
    if age == "<60":
        return ()
    drawn = random.random()
    is_care = activity == HOME_HELP
    if provider.departement == "34" and drawn < (0.75 if is_care else 0.2):
        return (HERAULT,)
    if provider.mode != MANDATAIRE and activity != cast.GARDEN and drawn > (0.8 if is_care else 0.5):
        return (CNAV,)
    return ()


def _reached(random: Random, client: Client, rank: int) -> Client:
    line = _weighted(random, LINES)
    mobile, landline = mobile_of(rank), landline_of(rank)
    if line == "mobile":
        return replace(client, mobile=mobile)
    if line == "both":
        return replace(client, mobile=mobile, phone=landline)
    if line == "email":
        words = ".".join(fold_word(word) for word in client.name.split()[1:])
        return replace(client, email=f"{words}.{rank}@exemple.invalid", phone=landline)
    if line == "landline":
        return replace(client, phone=landline)
    relative = f"{random.choice(RELATIVES)} {client.name.split()[-1]}"
    return replace(client, relative_name=relative, relative_phone=mobile)


MARTIN, DAUGHTER = "C0001", "C0002"


def _named() -> tuple[Client, ...]:
    """The people whom the story names: each shows one case that a platform meets every day."""
    aide, ccas = cast.AIDE_34, cast.CCAS
    town = ("34", "34000", "Montpellier")
    martin = Client(aide, MARTIN, "Mme Jeanne Martin", *town, "75-84", HOME_HELP, aide.mode, (HERAULT,))
    garcia = replace(martin, name="M. André Garcia", phone=landline_of(3), visits=9)
    roussel = replace(martin, name="Mme Yvette Roussel", mobile=mobile_of(5), visits=8)
    fabre = replace(martin, name="M. Marcel Fabre", phone=landline_of(6), visits=10)
    vidal = replace(martin, name="M. Robert Vidal", phone=landline_of(7), visits=9)
    unhappy = replace(martin, visits=6)
    meals = replace(martin, provider=ccas, activity=cast.MEALS_BROUGHT, visits=7)
    answering = replace(meals, relative_name="Claire Martin", relative_phone=mobile_of(2))
    return (
        replace(martin, mobile=mobile_of(1), visits=14, story="martin"),
        replace(answering, reference=DAUGHTER, story="daughter"),
        replace(garcia, reference="C0003"),
        replace(garcia, reference="C0004", name="Mme Paulette Garcia"),
        replace(roussel, reference="C0005", story="hospital"),
        replace(fabre, reference="C0006", story="deceased"),
        replace(vidal, reference="C0007"),
        replace(unhappy, reference="C0008", name="Mme Odette Pages", mobile=mobile_of(8), story="named"),
        replace(unhappy, reference="C0009", name="M. Louis Castan", mobile=mobile_of(9), story="call_first"),
        replace(unhappy, reference="C0010", name="Mme Simone Gely", mobile=mobile_of(10), story="anonymous"),
    )
