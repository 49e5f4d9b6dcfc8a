"""What may be done to a questionnaire that is being written: pure, and each change says what it was."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as set_by
from typing import Any

import msgspec
from msgspec import structs

from quality.errors import Conflict, NotFound
from quality.french import french
from surveys.questionnaire.definition import (
    LANGUAGES,
    Choice,
    Item,
    Kind,
    Language,
    Questionnaire,
    Words,
)
from surveys.questionnaire.facts import NAMES
from surveys.questionnaire.reading import library

LONGEST_NAME = 32
ONLY_ONE = french("Il reste une seule question : un questionnaire en a au moins une.")
NEEDS_FRENCH = french("Le français ne se retire pas : il remplace les textes qui manquent.")
# What a closed question offers until its own answers are written.
FIRST_CHOICES = (Choice(Words("Première réponse"), "a"), Choice(Words("Deuxième réponse"), "b"))
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A questionnaire after a change; `what` names the change, `values` complete its sentence."""

    after: Questionnaire
    what: str
    values: Mapping[str, str | int] = set_by(default_factory=dict)


def blank(code: str, title: str) -> Questionnaire:
    """Begin a questionnaire with the one question that each must ask first.

    >>> blank("court", "Court").items[0].alias
    'globale'
    """
    label = library("default").items[0].label
    first = Item(alias="globale", kind=Kind.RATING, label=label, core=True, signal=True, dont_know=True)
    return Questionnaire(code, 1, Words(title), (first,))


def name_from(words: str, taken: Iterable[str] = (), otherwise: str = "question") -> str:
    """Make a name of addresses and conditions from a title or a question, different from those taken.

    >>> name_from("L’heure prévue a-t-elle été tenue ?"), name_from("24 h", {"question_24_h"})
    ('l_heure_prevue_a_t_elle_ete', 'question_24_h_2')
    """
    bare = unicodedata.normalize("NFKD", words.replace("œ", "oe").replace("’", " ")).casefold()
    kept = re.sub("[^a-z0-9]+", "_", bare.encode("ascii", "ignore").decode()).strip("_")
    named = kept if kept[:1].isalpha() else f"{otherwise}_{kept}".rstrip("_")
    short = named if len(named) < LONGEST_NAME - 3 else named[: LONGEST_NAME - 2].rpartition("_")[0]
    return _free(short or named[: LONGEST_NAME - 3], {*taken, *NAMES})


def _free(name: str, taken: Iterable[str]) -> str:
    known, number, found = set(taken), 2, name
    while found in known:
        found, number = f"{name}_{number}", number + 1
    return found


def number_of(questionnaire: Questionnaire, alias: str) -> int:
    """Give the number of a question, from 1; raise NotFound where there is none."""
    for number, item in enumerate(questionnaire.items, start=1):
        if item.alias == alias:
            return number
    raise NotFound


def _aliases(questionnaire: Questionnaire) -> set[str]:
    return {item.alias for item in questionnaire.items}


def _with(questionnaire: Questionnaire, items: Iterable[Item]) -> Questionnaire:
    return structs.replace(questionnaire, items=tuple(items))


# ---- questions ----


def add(questionnaire: Questionnaire, kind: Kind, label: str, after: int) -> Change:
    """Add a question after the one of a number, 0 for the first place."""
    alias = name_from(label, _aliases(questionnaire))
    choices = FIRST_CHOICES if kind in {Kind.SINGLE, Kind.MULTIPLE} else ()
    new = Item(alias=alias, kind=kind, label=Words(label), choices=choices)
    place = min(max(after, 0), len(questionnaire.items))
    items = (*questionnaire.items[:place], new, *questionnaire.items[place:])
    return Change(_with(questionnaire, items), "added", {"num": place + 1})


def remove(questionnaire: Questionnaire, alias: str) -> Change:
    number = number_of(questionnaire, alias)
    if len(questionnaire.items) == 1:
        raise Conflict(ONLY_ONE)
    kept = [*questionnaire.items]
    del kept[number - 1]
    return Change(_with(questionnaire, kept), "removed", {"num": number})


def move(questionnaire: Questionnaire, alias: str, by: int) -> Change:
    """Move a question by one place up (-1) or down (1); at the end of the list it stays where it is.

    >>> two = add(blank("court", "Court"), Kind.TEXT, "Et puis ?", 1).after
    >>> change = move(two, "et_puis", -1)
    >>> change.what, dict(change.values)
    ('moved_before', {'num': 2, 'other': 1})
    """
    number = number_of(questionnaire, alias)
    items, other = list(questionnaire.items), number + by
    if 1 <= other <= len(items):
        items[number - 1], items[other - 1] = items[other - 1], items[number - 1]
    what = "moved_before" if by < 0 else "moved_after"
    return Change(_with(questionnaire, items), what, {"num": number, "other": other})


def duplicate(questionnaire: Questionnaire, alias: str) -> Change:
    """Copy a question after itself, under another name; the copy feeds no result."""
    number = number_of(questionnaire, alias)
    copied = questionnaire.items[number - 1]
    name = _free(copied.alias[: LONGEST_NAME - 3], _aliases(questionnaire))
    items = [*questionnaire.items]
    items.insert(number, structs.replace(copied, alias=name, measures=()))
    return Change(_with(questionnaire, items), "duplicated", {"num": number, "other": number + 1})


def replace(questionnaire: Questionnaire, alias: str, item: Item) -> Change:
    """Put a changed question in the place of another; conditions follow its name when it has a new one."""
    number = number_of(questionnaire, alias)
    items = [*questionnaire.items]
    items[number - 1] = item
    if item.alias != alias:
        items = [_renamed(each, alias, item.alias) for each in items]
    return Change(_with(questionnaire, items), "changed", {"num": number})


def _renamed(item: Item, before: str, after: str) -> Item:
    relevant, constraint = (
        text and text.replace(f"${{{before}}}", f"${{{after}}}") for text in (item.relevant, item.constraint)
    )
    return structs.replace(item, relevant=relevant, constraint=constraint)


# ---- answers to choose ----


def remove_choice(questionnaire: Questionnaire, alias: str, rank: int) -> Change:
    number, choices = _choices(questionnaire, alias, rank)
    del choices[rank - 1]
    return _rechosen(questionnaire, number, choices, "choice_removed", rank)


def move_choice(questionnaire: Questionnaire, alias: str, rank: int, by: int) -> Change:
    number, choices = _choices(questionnaire, alias, rank)
    if 1 <= rank + by <= len(choices):
        choices[rank - 1], choices[rank + by - 1] = choices[rank + by - 1], choices[rank - 1]
    return _rechosen(questionnaire, number, choices, "choice_moved", rank)


def _choices(questionnaire: Questionnaire, alias: str, rank: int) -> tuple[int, list[Choice]]:
    number = number_of(questionnaire, alias)
    choices = [*questionnaire.items[number - 1].choices]
    if not 1 <= rank <= len(choices):
        raise NotFound
    return number, choices


def _rechosen(
    questionnaire: Questionnaire, number: int, choices: Sequence[Choice], what: str, rank: int
) -> Change:
    items = [*questionnaire.items]
    items[number - 1] = structs.replace(items[number - 1], choices=tuple(choices))
    return Change(_with(questionnaire, items), what, {"num": number, "rank": rank})


# ---- title and languages ----


def retitle(questionnaire: Questionnaire, title: Words) -> Change:
    return Change(structs.replace(questionnaire, title=title), "retitled")


def add_language(questionnaire: Questionnaire, language: str) -> Change:
    if language not in LANGUAGES or language in questionnaire.languages:
        raise NotFound
    languages = (*questionnaire.languages, language)
    return Change(_speaking(questionnaire, languages), "language_added", {"language": language})


def remove_language(questionnaire: Questionnaire, language: str) -> Change:
    """Take a language away with all that is written in it."""
    if language == "fr":
        raise Conflict(NEEDS_FRENCH)
    kept = tuple(each for each in questionnaire.languages if each != language)
    silent = msgspec.convert(_without(msgspec.to_builtins(questionnaire), language), Questionnaire)
    return Change(_speaking(silent, kept), "language_removed", {"language": language})


def move_language(questionnaire: Questionnaire, language: str, by: int) -> Change:
    """Move a language in the order in which they stand in for one another."""
    languages = list(questionnaire.languages)
    if language not in languages:
        raise NotFound
    place = languages.index(language)
    if 0 <= place + by < len(languages):
        languages[place], languages[place + by] = languages[place + by], languages[place]
    return Change(_speaking(questionnaire, languages), "language_moved", {"language": language})


def _speaking(questionnaire: Questionnaire, languages: Iterable[str]) -> Questionnaire:
    spoken: tuple[Language, ...] = msgspec.convert(list(languages), tuple[Language, ...])
    return structs.replace(questionnaire, languages=spoken)


def _without(tree: Any, language: str) -> Any:
    """Forget one language in all words, which are the groups that have French."""
    if isinstance(tree, dict):
        is_words = "fr" in tree
        return {
            name: _without(value, language)
            for name, value in tree.items()
            if not (is_words and name == language)
        }
    return [_without(each, language) for each in tree] if isinstance(tree, list | tuple) else tree


# ---- words ----


def reword(questionnaire: Questionnaire, texts: Mapping[Path, str], language: str) -> Change:
    """Write texts in one language at the paths of their words; an empty one is written no more.

    >>> change = reword(blank("court", "Court"), {("title",): "Short"}, "en")
    >>> change.after.title.en, dict(change.values)
    ('Short', {'num': 1, 'language': 'en'})
    """
    tree = msgspec.to_builtins(questionnaire)
    for path, text in texts.items():
        put(tree, (*path, language), text or None)
    after = msgspec.convert(tree, Questionnaire)
    return Change(after, "translated", {"num": len(texts), "language": language})


def put(tree: Any, path: Path, value: object) -> None:
    """Set a value in plain dictionaries and lists; None takes it away with the groups that it leaves empty.

    >>> tree = {"words": {"sms": {"label": {"fr": "a"}}}}
    >>> put(tree, ("words", "sms", "hint", "fr"), "b"); put(tree, ("words", "sms", "label", "fr"), None); tree
    {'words': {'sms': {'hint': {'fr': 'b'}}}}
    """
    step, *rest = path
    if not rest:
        if value is None:
            tree.pop(step, None)
        else:
            tree[step] = value
        return
    if isinstance(tree, dict) and step not in tree:
        if value is None:
            return
        tree[step] = {}
    put(tree[step], tuple(rest), value)
    if tree[step] == {}:
        del tree[step]
