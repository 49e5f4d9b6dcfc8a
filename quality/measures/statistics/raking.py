"""Weights that give respondents the make-up of those they speak for, margin by margin."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from quality.measures.statistics.shares import Estimate, wilson

Class = tuple[str, ...]  # one category of each dimension: an activity, an age band, a set of funders
Margin = Mapping[str, float]  # how many of the population are in each category, in any unit
CAP = 5.0  # times the mean weight
ROUNDS = 1000
STILL = 1e-12
MET = 1e-9  # a margin, in shares


@dataclass(frozen=True, slots=True)
class Unreached:
    """A category of the population in which nobody answered: its dimension, its name, its part of it."""

    dimension: int
    category: str
    part: float


@dataclass(frozen=True, slots=True)
class Raked:
    """The weight of one respondent of each class, 1 on average, and what it costs.

    `deff` is 1 + cv² of the weights (Kish 1992); `trimmed` respondents are held at the cap, and `gap` is how
    far the farthest margin stays from its target for it, in shares. Nobody speaks for what is `unreached`.
    Unless `is_settled` the margins contradict what was answered, and the weights are worth nothing.
    """

    weights: Mapping[Class, float]
    deff: float
    gap: float
    trimmed: int
    unreached: tuple[Unreached, ...]
    is_settled: bool


def rake(counts: Mapping[Class, int], margins: Sequence[Margin], cap: float = CAP) -> Raked | None:
    """Fit weights to each margin in turn until they stay (Deming and Stephan 1940); None without respondents.

    After each round those above five times the mean are cut to it and the others share out what they lose
    (DeBell and Krosnick 2009, weights of the American National Election Studies). A category where nobody
    answered cannot be weighted: it is told, and the others keep their proportions.

    >>> old, older = "75-84", "85+"
    >>> answered = {("care", old): 30, ("care", older): 10, ("garden", old): 50, ("garden", older): 10}
    >>> raked = rake(answered, [{"care": 600, "garden": 400}, {old: 1, older: 1, "60-74": 2}])
    >>> [round(weight, 3) for weight in raked.weights.values()], round(raked.deff, 3), raked.is_settled
    ([0.898, 3.305, 0.461, 1.695], 1.728, True)
    >>> raked.unreached
    (Unreached(dimension=1, category='60-74', part=0.5),)
    """
    answered = {key: count for key, count in counts.items() if count}
    if not answered:
        return None
    targets = [_target(answered, place, margin) for place, margin in enumerate(margins)]
    weights, is_settled = _fitted(answered, targets, cap)
    squares = sum(count * weights[key] ** 2 for key, count in answered.items())
    gap = max((_gap(answered, weights, i, target) for i, target in enumerate(targets)), default=0.0)
    trimmed = sum(count for key, count in answered.items() if weights[key] >= cap)
    return Raked(
        weights=weights,
        deff=squares / sum(answered.values()),
        gap=gap,
        trimmed=trimmed,
        unreached=tuple(
            missing for i, margin in enumerate(margins) for missing in _unreached(answered, i, margin)
        ),
        is_settled=is_settled and (trimmed > 0 or gap < MET),
    )


def _target(counts: Mapping[Class, int], place: int, margin: Margin) -> dict[str, float]:
    reached = {key[place] for key in counts}
    if foreign := sorted(name for name in reached if margin.get(name, 0) <= 0):
        raise ValueError(f"somebody answered of a category that the population has not: {', '.join(foreign)}")
    total = sum(margin[name] for name in reached)
    return {name: margin[name] / total for name in sorted(reached)}


def _unreached(counts: Mapping[Class, int], place: int, margin: Margin) -> Iterable[Unreached]:
    reached, total = {key[place] for key in counts}, sum(margin.values())
    for name in sorted(margin.keys() - reached):
        if margin[name] > 0:
            yield Unreached(place, name, margin[name] / total)


def _fitted(
    counts: Mapping[Class, int], targets: Sequence[Mapping[str, float]], cap: float
) -> tuple[dict[Class, float], bool]:
    weights = dict.fromkeys(counts, 1.0)
    for _ in range(ROUNDS):
        before = dict(weights)
        for place, target in enumerate(targets):
            sums = _sums(counts, weights, place)
            whole = sum(sums.values())
            weights = {
                key: weight * target[key[place]] * whole / sums[key[place]] for key, weight in weights.items()
            }
        weights = _trimmed(counts, weights, cap)
        if max(abs(weights[key] - before[key]) for key in weights) < STILL:
            return weights, True
    return weights, False


def _trimmed(counts: Mapping[Class, int], weights: Mapping[Class, float], cap: float) -> dict[Class, float]:
    """Hold what is over the cap and scale the others up, until nothing is: the mean stays 1."""
    held: set[Class] = set()
    fitted, over = dict(weights), True
    while over:
        room = sum(counts.values()) - cap * sum(counts[key] for key in held)
        free = sum(counts[key] * weight for key, weight in weights.items() if key not in held)
        fitted = {key: cap if key in held else weight * room / free for key, weight in weights.items()}
        over = any(weight > cap for weight in fitted.values())
        held |= {key for key, weight in fitted.items() if weight > cap}
    return fitted


def _sums(counts: Mapping[Class, int], weights: Mapping[Class, float], place: int) -> dict[str, float]:
    sums: dict[str, float] = {}
    for key, weight in weights.items():
        sums[key[place]] = sums.get(key[place], 0.0) + weight * counts[key]
    return sums


def _gap(
    counts: Mapping[Class, int], weights: Mapping[Class, float], place: int, target: Mapping[str, float]
) -> float:
    sums = _sums(counts, weights, place)
    whole = sum(sums.values())
    return max(abs(sums[name] / whole - part) for name, part in target.items())


Weighted = tuple[float, int, int | Fraction]  # the weight of a class, a client's answers in it, those counted


def weighted_share(clients: Iterable[Sequence[Weighted]]) -> Estimate | None:
    """Estimate Σwx/Σwn, Wilson's interval on n_eff = p(1−p)/Var, the variance of the ratio between clients.

    Weights are taken as given, which on the whole errs towards caution (Deville and Särndal 1992); the
    variance is at least that of independent answers of those weights. When all say the same n_eff is the
    clients' (Σw)²/Σw² (Kish 1965). With weights of 1 it is `share`.

    >>> estimate = weighted_share([[(2.0, 1, 1)]] * 30 + [[(0.5, 2, 0)]] * 20 + [[(0.5, 1, 1)]] * 10)
    >>> f"{estimate.value:.4f} {estimate.low:.4f} {estimate.high:.4f} {estimate.n_eff:.1f}"
    '0.7647 0.6371 0.8575 54.5'
    """
    kept = [parts for client in clients if (parts := [part for part in client if part[1]])]
    sums = [_weighed(parts) for parts in kept]
    whole = sum(n for n, _ in sums)
    if not whole:
        return None
    p = min(1.0, max(0.0, sum(x for _, x in sums) / whole))
    n_eff = _effective(kept, sums, p)
    answers = sum(n for parts in kept for _, n, _ in parts)
    low, high = wilson(p, n_eff)
    return Estimate(exact=Fraction(p), low=low, high=high, n_eff=n_eff, deff=answers / n_eff)


def _weighed(parts: Sequence[Weighted]) -> tuple[float, float]:
    return sum(w * n for w, n, _ in parts), sum(w * float(x) for w, _, x in parts)


def _effective(clients: Sequence[Sequence[Weighted]], sums: Sequence[tuple[float, float]], p: float) -> float:
    count, whole = len(clients), sum(n for n, _ in sums)
    if count == 1 or p * (1 - p) < STILL:
        means = [own / sum(n for _, n, _ in parts) for (own, _), parts in zip(sums, clients, strict=True)]
        return sum(means) ** 2 / sum(each * each for each in means)
    between = count / (count - 1) * sum((x - p * n) ** 2 for n, x in sums)
    within = p * (1 - p) * sum(w * w * n for parts in clients for w, n, _ in parts)
    return p * (1 - p) * whole * whole / max(between, within)


@dataclass(frozen=True, slots=True)
class WeightedSums:
    """What a weighted share needs of its clients: sums of a = Σwn and b = Σwx of each, and of their products.

    `squares` is Σw²n over answers; `own` and `owns` are sums of each client's mean weight and of its square.
    """

    clients: float
    answers: float
    a: float
    b: float
    aa: float
    ab: float
    bb: float
    squares: float
    own: float
    owns: float


def weighted_of(s: WeightedSums) -> Estimate | None:
    """Estimate as `weighted_share` does, from sums that a database made.

    >>> of = WeightedSums(clients=60, answers=80, a=85.0, b=65.0, aa=142.5, ab=122.5, bb=122.5, squares=132.5,
    ...     own=75.0, owns=127.5)
    >>> f"{weighted_of(of).value:.4f} {weighted_of(of).low:.4f} {weighted_of(of).n_eff:.1f}"
    '0.7647 0.6371 54.5'
    """
    if not s.a:
        return None
    p = min(1.0, max(0.0, s.b / s.a))
    if s.clients == 1 or p * (1 - p) < STILL:
        n_eff = s.own**2 / s.owns
    else:
        between = s.clients / (s.clients - 1) * (s.bb - 2 * p * s.ab + p * p * s.aa)
        n_eff = p * (1 - p) * s.a * s.a / max(between, p * (1 - p) * s.squares)
    low, high = wilson(p, n_eff)
    return Estimate(exact=Fraction(p), low=low, high=high, n_eff=n_eff, deff=s.answers / n_eff)
