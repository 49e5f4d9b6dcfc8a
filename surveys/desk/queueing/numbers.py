"""The numbers at which somebody is called, in order, and the next one when the first was wrong (pure)."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any


class Number(StrEnum):
    """Whose number it is, by the column of the client's line that holds it."""

    phone = "phone"
    mobile = "mobile"
    relative = "relative"


OWN = (Number.phone, Number.mobile)
COLUMNS: Mapping[Number, str] = {
    Number.phone: "phone",
    Number.mobile: "mobile",
    Number.relative: "relative_phone",
}
OF_COLUMN: Mapping[str, Number] = {f"client.{column}": number for number, column in COLUMNS.items()}


def order(kind: str, audience: str, *, wishes_relative: bool = False) -> tuple[Number, ...]:
    """Give the order in which numbers are tried.

    A survey is asked of one audience only, at the endpoints that the gate counts. Whoever asked for a call is
    also found through the relative: first when the relative answers for them, or asked for it.

    >>> [number.value for number in order("callback", "client")]
    ['phone', 'mobile', 'relative']
    >>> [number.value for number in order("complaint", "client", wishes_relative=True)]
    ['relative', 'phone', 'mobile']
    >>> [number.value for number in order("survey", "relative")]
    ['relative']
    """
    if kind == "survey":
        return (Number.relative,) if audience == "relative" else OWN
    is_first = audience == "relative" or wishes_relative
    return (Number.relative, *OWN) if is_first else (*OWN, Number.relative)


def left(row: Mapping[str, Any], tried: tuple[Number, ...], rank: int = 0) -> tuple[Number, ...]:
    """Give the numbers that a client's line holds from a rank of the order on, each number once.

    >>> row = {"phone_key": None, "mobile_key": b"m", "relative_phone_key": b"m"}
    >>> left(row, order("callback", "client"))
    (<Number.mobile: 'mobile'>,)
    """
    found: dict[bytes, Number] = {}
    for number in tried[rank:]:
        key = row[f"{COLUMNS[number]}_key"]
        if key is not None:
            found.setdefault(bytes(key), number)
    return tuple(found.values())


def usable_rank(
    row: Mapping[str, Any], tried: tuple[Number, ...], rank: int, wrong: Collection[bytes]
) -> int | None:
    """Give the rank of the first number, at or after one, that is not known to be wrong; None without one.

    >>> row = {"phone_key": b"p", "mobile_key": b"m", "relative_phone_key": None}
    >>> usable_rank(row, OWN, 0, [b"p"]), usable_rank(row, OWN, 0, [b"p", b"m"])
    (1, None)
    """
    for place, number in enumerate(tried):
        key = row[f"{COLUMNS[number]}_key"]
        if place >= rank and key is not None and bytes(key) not in wrong:
            return place
    return None
