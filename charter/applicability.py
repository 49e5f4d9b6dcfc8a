"""Which criteria of an edition concern an establishment (pure).

A fact that is not known excuses nobody: such a criterion is asked, and the provider may say « non concerné ».
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from charter.definition import Audience, Chapter, Concerns, Criterion, Edition, Mode, Theme


class Concern(StrEnum):
    """Whether a criterion concerns an establishment, as far as its facts tell."""

    yes = "yes"
    no = "no"
    unsure = "unsure"


@dataclass(frozen=True, slots=True)
class Establishment:
    """What is known of an establishment; None is not known, and `finess` is "" where there is no such number.

    `activities` are codes of article D7231-1, `employees` people employed, `finess` its three-digit category.
    """

    modes: frozenset[Mode] | None = None
    activities: frozenset[str] | None = None
    employees: int | None = None
    finess: str | None = None
    audiences: frozenset[Audience] | None = None


UNKNOWN = Establishment()


def concern(criterion: Criterion, of: Establishment) -> Concern:
    """Say whether a criterion concerns an establishment.

    >>> from charter.editions import load
    >>> for_fragile = next(each for each in load("national-2012").criteria if each.code == "2.5")
    >>> nobody, somebody = frozenset(), frozenset({Audience.FRAGILE})
    >>> [str(concern(for_fragile, Establishment(audiences=each))) for each in (nobody, somebody, None)]
    ['no', 'yes', 'unsure']
    """
    asked = criterion.concerns or Concerns()
    found = {
        _shared(criterion.applies_to, of.audiences),
        _shared(asked.modes, of.modes),
        _shared(asked.activities, of.activities),
        _shared(asked.finess, None if of.finess is None else frozenset({of.finess})),
        _sized(asked, of.employees),
    }
    if Concern.no in found:
        return Concern.no
    return Concern.unsure if Concern.unsure in found else Concern.yes


def _shared(asked: tuple[str, ...], known: frozenset[str] | None) -> Concern:
    if not asked:
        return Concern.yes
    if known is None:
        return Concern.unsure
    return Concern.no if known.isdisjoint(asked) else Concern.yes


def _sized(asked: Concerns, employees: int | None) -> Concern:
    least, most = asked.least_employees, asked.most_employees
    if least is None and most is None:
        return Concern.yes
    if employees is None:
        return Concern.unsure
    is_inside = (least is None or employees >= least) and (most is None or employees <= most)
    return Concern.yes if is_inside else Concern.no


def may_leave(criterion: Criterion, of: Establishment) -> bool:
    """Say whether « non concerné » is offered: an imperative never leaves where it surely applies."""
    return not criterion.imperative or concern(criterion, of) is Concern.unsure


def asked_of(edition: Edition, of: Establishment) -> Edition:
    """Leave in an edition what is asked of an establishment; the chapters keep their numbers.

    >>> from charter.editions import load
    >>> asked = asked_of(load("national-2012"), Establishment(audiences=frozenset()))
    >>> len(asked.criteria), [chapter.number for chapter in asked.chapters]
    (43, [1, 2, 3, 4, 5, 6])
    """
    return narrowed(edition, lambda each: concern(each, of) is not Concern.no)


def compulsory_only(edition: Edition) -> Edition:
    """Leave what a compulsory run asks: the criteria that an edition makes compulsory or imperative.

    >>> from charter.editions import load
    >>> len(compulsory_only(load("national-2012")).criteria)
    28
    """
    return narrowed(edition, lambda each: each.compulsory or each.imperative)


def narrowed(edition: Edition, keeps: Callable[[Criterion], bool]) -> Edition:
    """Leave in an edition the criteria that `keeps` wants, and no empty chapter, theme or objective."""
    if all(map(keeps, edition.criteria)):
        return edition
    chapters = tuple(_chapter(each, keeps) for each in edition.chapters)
    return msgspec.structs.replace(edition, chapters=tuple(each for each in chapters if each.criteria))


def _chapter(chapter: Chapter, keeps: Callable[[Criterion], bool]) -> Chapter:
    themes = tuple(_theme(each, keeps) for each in chapter.themes)
    return msgspec.structs.replace(
        chapter,
        own=tuple(filter(keeps, chapter.own)),
        themes=tuple(each for each in themes if each.criteria),
    )


def _theme(theme: Theme, keeps: Callable[[Criterion], bool]) -> Theme:
    objectives = tuple(
        msgspec.structs.replace(each, criteria=tuple(filter(keeps, each.criteria)))
        for each in theme.objectives
    )
    return msgspec.structs.replace(
        theme,
        own=tuple(filter(keeps, theme.own)),
        objectives=tuple(each for each in objectives if each.criteria),
    )
