"""What the editor shows of the cost of an SMS; static/sms-count.js counts the same while somebody types."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quality.french import french
from quality.web.languages import counted, ngettext
from quality.web.languages import gettext as _
from surveys.channels import gsm7
from surveys.channels.gsm7 import SmsCount
from surveys.messages.counting import Cost, cost

SEGMENT_WIDTH, WIDTH = 160, 480
SPACES = {"\u00a0", "\u202f", "\u2009", "\u2003", "\u2002"}
SINGLE = {"gsm7": (160, 153), "ucs2": (70, 67)}
# Said by the page and by its script.
WORDS = {
    "cost": french("{num} SMS par personne"),
    "letter": french("La lettre {letters} fait passer ce message à {num} SMS. La remplacer ?"),
    "sign": french("Le signe {letters} fait passer ce message à {num} SMS. Le remplacer ?"),
    "many": french("Ces signes font passer ce message à {num} SMS : {letters}. Les remplacer ?"),
    "space": french("espace insécable"),
    "without": french("Écrit dans l’alphabet des SMS, il compte {letters}, soit {num} SMS."),
    "repair": french("Remplacer « {letter} » par « {instead} »"),
    "repair_sign": french("Remplacer ce signe"),
    "repair_many": french("Remplacer ces signes"),
    "replaced": french("Dans un SMS, ces signes s’écrivent autrement : {letters}."),
    "accept": french("J’accepte {num} SMS par personne"),
}


@dataclass(frozen=True, slots=True)
class Meter:
    """The cost of a text in words; `alarm` names the letters that raise it and asks to replace them.

    `width` is how much of the gauge is filled; `pieces` are (letters, whether they raise the cost);
    `given` is what the script needs to count the same; `replaced` names what is written otherwise in an SMS.
    """

    field: str
    letters: str
    segments: int
    cost: str
    alarm: str
    without: str
    repair: str
    width: int
    pieces: tuple[tuple[str, bool], ...]
    given: str
    is_part: bool = False
    replaced: str = ""


@dataclass(frozen=True, slots=True)
class Within:
    """The message that a question is a part of, and what it says without words of its own."""

    message: str
    otherwise: str


def meter(field: str, text: str, cases: Sequence[Mapping[str, str]], within: Within | None = None) -> Meter:
    """Measure the text of a field in the case where it is the longest.

    Within a message, it is written in the alphabet of SMS, as it leaves.
    """
    found = cost(whole(text, within), cases)
    return Meter(
        field=field,
        letters=letters_words(found.count.units),
        segments=found.count.segments,
        cost=counted(_(WORDS["cost"]), found.count.segments),
        alarm=_alarm(found) if found.is_raised else "",
        without=_without(found.repaired),
        repair=_repair(found.count.guilty) if found.is_raised else "",
        width=_width(found.count),
        pieces=pieces(found),
        given=_given(cases, within),
        is_part=within is not None,
        replaced=_replaced(text or within.otherwise) if within else "",
    )


def whole(text: str, within: Within | None) -> str:
    """Give a text as it leaves: a question inside its message, in the alphabet of SMS."""
    if within is None:
        return text
    return within.message.replace("{question}", gsm7.transliterate(text or within.otherwise))


def _replaced(text: str) -> str:
    guilty = gsm7.count(text).guilty
    return _(WORDS["replaced"]).format(letters=" ".join(map(_name, guilty))) if guilty else ""


def letters_words(units: int) -> str:
    return counted(ngettext("{num} caractère", "{num} caractères", units), units)


def _alarm(found: Cost) -> str:
    """Ask whether to replace what raises the cost.

    >>> _alarm(cost("êtes-vous " * 20, [{}])).replace(chr(0xA0), " ").replace(chr(0x202F), " ")
    'La lettre ê fait passer ce message à 3 SMS. La remplacer ?'
    """
    guilty, segments = found.count.guilty, found.count.segments
    kind = "many" if len(guilty) > 1 else "letter" if guilty[0].isalpha() else "sign"
    return _(WORDS[kind]).format(letters=" ".join(map(_name, guilty)), num=segments)


def _name(letter: str) -> str:
    return _(WORDS["space"]) if letter in SPACES else letter


def _without(repaired: SmsCount) -> str:
    return _(WORDS["without"]).format(letters=letters_words(repaired.units), num=repaired.segments)


def _repair(guilty: Sequence[str]) -> str:
    if len(guilty) > 1:
        return _(WORDS["repair_many"])
    instead = gsm7.transliterate(guilty[0])
    if guilty[0] in SPACES or not instead.strip():
        return _(WORDS["repair_sign"])
    return _(WORDS["repair"]).format(letter=guilty[0], instead=instead)


def _width(found: SmsCount) -> int:
    alone, joined = SINGLE[found.encoding]
    filled = found.units / (alone if found.segments == 1 else joined)
    return min(WIDTH, round(filled * SEGMENT_WIDTH))


def pieces(found: Cost) -> tuple[tuple[str, bool], ...]:
    """Cut a text where its guilty letters begin and end; all is one piece when they cost nothing more.

    >>> pieces(cost("êtes-vous " * 9, [{}]))[:2]
    (('ê', True), ('tes-vous ', False))
    """
    guilty = set(found.count.guilty) if found.is_raised else set()
    cut: list[tuple[str, bool]] = []
    for letter in found.shown:
        is_guilty = letter in guilty
        if cut and cut[-1][1] == is_guilty:
            cut[-1] = (cut[-1][0] + letter, is_guilty)
        else:
            cut.append((letter, is_guilty))
    return tuple(cut)


def _given(cases: Sequence[Mapping[str, str]], within: Within | None) -> str:
    given = {
        "within": within.message if within else "",
        "otherwise": within.otherwise if within else "",
        "alphabet": "".join(sorted(gsm7.BASIC)),
        "doubled": "".join(sorted(gsm7.EXTENSION)),
        "likeness": gsm7.SUBSTITUTES,
        "spaces": "".join(sorted(SPACES)),
        "cases": list(cases),
        "words": {
            **{name: _(sentence) for name, sentence in WORDS.items()},
            "counted": [ngettext("{num} caractère", "{num} caractères", num) for num in (1, 2)],
        },
    }
    return json.dumps(given, ensure_ascii=False)
