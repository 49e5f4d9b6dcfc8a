"""Where somebody stands among the questions, and what they said of one as its page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import FormData

from surveys.questionnaire import coding
from surveys.questionnaire.coding import Answer
from surveys.questionnaire.definition import Item, Kind, Questionnaire
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.paths import path, position

DAY_PARTS = ("jour", "mois", "annee")  # the three fields of a date
ONE_BOX = frozenset({Kind.NUMBER, Kind.TEXT})
WRITTEN = ONE_BOX | {Kind.DATE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One question on the way of a person: numbers are those of the addresses, `rank` that of the way.

    `total` is known where no answer can change it; `back` is None at the first one, `onward` at the last.
    """

    number: int
    rank: int
    total: int | None
    back: int | None
    onward: int | None


def standing(
    questionnaire: Questionnaire,
    item: Item,
    answers: Mapping[str, Answer],
    facts: Facts,
    channel: str = "web",
) -> Standing | None:
    """Find a question on the way of a person; None when it is not asked of them."""
    way = [each.alias for each in path(questionnaire, answers, facts, channel)]
    if item.alias not in way:
        return None
    rank, total = position(questionnaire, answers, facts, channel, alias=item.alias)
    numbers = {each.alias: number for number, each in enumerate(questionnaire.items, start=1)}
    return Standing(
        number=numbers[item.alias],
        rank=rank,
        total=total,
        back=numbers[way[rank - 2]] if rank > 1 else None,
        onward=numbers[way[rank]] if rank < len(way) else None,
    )


def number_of(questionnaire: Questionnaire, alias: str) -> int:
    """Give the number of a question in its address: its rank in the definition, whoever is asked it."""
    return next(n for n, item in enumerate(questionnaire.items, start=1) if item.alias == alias)


def posted(alias: str, form: FormData) -> list[str]:
    """List what a form says of a question: several boxes, or the three fields of a date as one.

    >>> posted("nuits", FormData([("nuits", ""), ("nuits", "nsp")]))
    ['', 'nsp']
    >>> posted("jour", FormData({"jour-jour": "5", "jour-mois": " 11", "jour-annee": "2026"}))
    ['5/11/2026']
    """
    parts = [str(form.get(f"{alias}-{part}", "")).strip() for part in DAY_PARTS]
    return [*(str(each) for each in form.getlist(alias)), *(["/".join(parts)] if any(parts) else [])]


@dataclass(frozen=True, slots=True)
class Said:
    """What a page shows of an answer: the options chosen, and what was written in the person's own words."""

    chosen: tuple[str, ...] = ()
    written: str = ""

    def __bool__(self) -> bool:
        return bool(self.chosen or self.written)


def said(item: Item, raw: Sequence[str]) -> Said:
    """Sort what was posted: options, and what was written beside them, as it was typed.

    >>> from surveys.questionnaire.definition import Words
    >>> nights = Item(alias="nuits", kind=Kind.NUMBER, label=Words(fr="Combien ?"), dont_know=True)
    >>> said(nights, ["trois", "nsp"])
    Said(chosen=('nsp',), written='trois')
    """
    if item.kind is Kind.TEXT:
        return Said((), raw[0] if raw else "")
    offered = [option.value for option in coding.options(item)]
    words = [each for each in raw if each not in offered and each]
    return Said(
        tuple(value for value in offered if value in raw),
        words[0] if words and item.kind in WRITTEN else "",
    )


def stored(item: Item, answer: Answer, language: str) -> Said:
    """Show a stored answer as its person would write it.

    >>> from surveys.questionnaire.definition import Words
    >>> day = Item(alias="jour", kind=Kind.DATE, label=Words(fr="Quel jour ?"))
    >>> stored(day, "2026-11-05", "fr")
    Said(chosen=(), written='5/11/2026')
    """
    if isinstance(answer, list):
        return said(item, answer)
    if isinstance(answer, float):
        return Said((), str(answer) if language == "en" else str(answer).replace(".", ","))
    if item.kind is Kind.DATE and answer not in ("", *coding.OUTSIDE):
        year, month, day = str(answer).split("-")
        return Said((), f"{int(day)}/{int(month)}/{year}")
    return said(item, [str(answer)])


def parts_of(written: str) -> tuple[str, str, str]:
    """Cut a date in its three fields, whatever was typed in them.

    >>> parts_of("5/11/2026"), parts_of(""), parts_of("//2026")
    (('5', '11', '2026'), ('', '', ''), ('', '', '2026'))
    """
    day, month, year = (*written.split("/", 2), "", "")[:3]
    return day, month, year
