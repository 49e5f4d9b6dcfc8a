"""The clients of the story: drawn by a fixed seed, on numbers that Arcep keeps for fiction (pure)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from random import Random

from quality.demo import cast
from quality.demo.cast import CNAV, HERAULT
from quality.demo.places import FAMILIES, MEN, RELATIVES, TERRITORY_OF, TOWNS, WOMEN
from quality.demo.providers import (
    GARDEN,
    HOME_HELP,
    MANDATAIRE,
    MEALS_BROUGHT,
    PROVIDERS,
    SEED,
    Provider,
)
from quality.directory.names import fold_word

CLIENTS, VISITS = 5_000, 200_000
MOST_VISITS = 330
AGES = (("<60", 4), ("60-74", 22), ("75-84", 42), ("85+", 32))
# How somebody is reached: a mobile, a mobile and a landline, an e-mail, a landline, a relative.
LINES = (("mobile", 40), ("both", 22), ("email", 12), ("landline", 20), ("relative", 6))
CARES = frozenset({HOME_HELP, MEALS_BROUGHT})


@dataclass(frozen=True, slots=True)
class Client:
    """A client as the provider's files tell them; `visits` is how many there are in the whole story.

    They are one from `arrives` to `leaves`, parts of the story's length; who leaves tells it by `status`.
    """

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
    status: str = ""
    story: str = ""

    @property
    def territory(self) -> str:
        return TERRITORY_OF.get(self.postcode, "")


def mobile_of(rank: int) -> str:
    """Return one of the ten thousand mobiles of fiction (Arcep, decision 2018-0881).

    >>> mobile_of(7)
    '06 39 98 00 07'
    """
    return f"06 39 98 {rank // 100:02d} {rank % 100:02d}"


def landline_of(rank: int) -> str:
    return f"04 65 71 {rank // 100:02d} {rank % 100:02d}"


@cache
def clients_of(provider: Provider) -> tuple[Client, ...]:
    """Give the clients of one provider, those of the story first."""
    return clients().get(provider, ())


@cache
def clients() -> dict[Provider, tuple[Client, ...]]:
    """Draw every client, by provider: the ones the story names first, then the crowd."""
    random = Random(f"{SEED}|clients")  # noqa: S311 - a story, not a secret
    named = tuple(_named())
    homes = _homes(CLIENTS - len(named))
    crowd = [_drawn(random, provider, rank) for rank, provider in enumerate(homes, start=100)]
    weights = [_frequency(random, client) for client in crowd]
    left = VISITS - sum(client.visits for client in named) - 2 * len(crowd)
    shares = apportioned(left, weights)
    told = [*named, *(_busy(client, share) for client, share in zip(crowd, shares, strict=True))]
    told.sort(key=lambda client: client.provider.rank)
    return {provider: tuple(group) for provider, group in groupby(told, key=lambda each: each.provider)}


def _busy(client: Client, share: int) -> Client:
    return replace(client, visits=min(2 + share, int(MOST_VISITS * (client.leaves - client.arrives))))


def _frequency(random: Random, client: Client) -> float:
    """Say how often somebody is visited beside the others: care comes more often than comfort."""
    usual = 1.35 if client.activity in CARES else 0.8
    return usual * random.lognormvariate(0, 0.6) * (client.leaves - client.arrives)


def _homes(count: int) -> Iterator[Provider]:
    """Give each client of the crowd its provider, by the size of each."""
    told = sum(provider.size for provider in PROVIDERS)
    shares = apportioned(count - told, [provider.weight for provider in PROVIDERS])
    for provider, share in zip(PROVIDERS, shares, strict=True):
        for _ in range(provider.size or share):
            yield provider


def apportioned(total: int, weights: Sequence[float]) -> list[int]:
    """Share a total in whole parts, the largest remainders first.

    >>> apportioned(5, [1.0, 1.0, 2.0])
    [1, 1, 3]
    """
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
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
    arrives = random.random() * 0.6 if random.random() < 0.3 else 0.0
    leaves = 1 - random.random() * (0.8 - arrives) if random.random() < 0.15 else 1.0
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
        arrives=arrives,
        leaves=leaves,
        status="" if leaves == 1 else random.choice(("ended", "ended", "moved")),
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
    """Give who pays: the département for most home help in Hérault, the pension fund for lighter needs.

    One client in five or so pays alone, so that a funder taken off the whole leaves enough of them.
    """
    if age == "<60":
        return ()
    drawn = random.random()
    is_care = activity == HOME_HELP
    if provider.departement == "34" and drawn < (0.72 if is_care else 0.32):
        return (HERAULT,)
    if provider.mode != MANDATAIRE and activity != GARDEN and drawn > (0.85 if is_care else 0.55):
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


MARTIN, DAUGHTER, SETTLED = "C0001", "C0002", "C0011"


def _named() -> Iterator[Client]:
    """The people whom the story names: each shows one case that a platform meets every day."""
    aide, ccas = cast.AIDE_34, cast.CCAS
    town = ("34", "34000", "Montpellier")
    martin = Client(aide, MARTIN, "Mme Jeanne Martin", *town, "75-84", HOME_HELP, aide.mode, (HERAULT,))
    garcia = replace(martin, name="M. André Garcia", phone=landline_of(3), visits=9)
    roussel = replace(martin, name="Mme Yvette Roussel", mobile=mobile_of(5), visits=8)
    fabre = replace(martin, name="M. Marcel Fabre", phone=landline_of(6), visits=10)
    vidal = replace(martin, name="M. Robert Vidal", phone=landline_of(7), visits=9)
    widow = replace(martin, name="Mme Denise Vabre", age_band="85+", phone=landline_of(12), visits=70)
    unhappy = replace(martin, visits=6)
    meals = replace(martin, provider=ccas, activity=MEALS_BROUGHT, visits=7)
    answering = replace(meals, relative_name="Claire Martin", relative_phone=mobile_of(2))
    yield replace(martin, mobile=mobile_of(1), visits=14, story="martin")
    yield replace(answering, reference=DAUGHTER, story="daughter")
    yield replace(garcia, reference="C0003")
    yield replace(garcia, reference="C0004", name="Mme Paulette Garcia")
    yield replace(roussel, reference="C0005", story="hospital")
    yield replace(fabre, reference="C0006", story="deceased")
    yield replace(vidal, reference="C0007")
    yield replace(unhappy, reference="C0008", name="Mme Odette Pages", mobile=mobile_of(8), story="named")
    yield replace(unhappy, reference="C0009", name="M. Louis Castan", mobile=mobile_of(9), story="call_first")
    yield replace(unhappy, reference="C0010", name="Mme Simone Gely", mobile=mobile_of(10), story="anonymous")
    yield replace(
        unhappy, reference=SETTLED, name="Mme Lucienne Soler", phone=landline_of(11), story="settled"
    )
    yield replace(widow, reference="C0012")
