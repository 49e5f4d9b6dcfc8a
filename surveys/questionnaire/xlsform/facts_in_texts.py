"""Facts of the visit in a text: `{organisme}` here, `${organisme}` in a form, where it is a hidden field."""

import re
from collections.abc import Iterable, Iterator, Mapping
from string import Formatter

from surveys.questionnaire.definition import PIPED, Questionnaire, wordings
from surveys.questionnaire.piping import placeholders

# An invisible letter between the two, where a text says « ${ » itself.
_APART = "$\N{WORD JOINER}{"
_FIELD = re.compile(r"\$\{\s*([^}]*?)\s*\}")


def fields_of(questionnaire: Questionnaire) -> dict[str, str]:
    """Name the field of each fact that the texts say; a question may have taken the name of one.

    >>> from surveys.questionnaire.reading import library
    >>> sorted(fields_of(library("default")).items())
    [('d_organisme', 'd_organisme'), ('jour', 'jour'), ('organisme', 'organisme')]
    """
    taken = {item.alias for item in questionnaire.items}
    said = {
        name
        for _path, words in wordings(questionnaire.items)
        for language in questionnaire.languages
        for name in placeholders(words.in_(language) or "")
    }
    return {name: _free(name, taken) for name in sorted(said & PIPED)}


def _free(name: str, taken: Iterable[str]) -> str:
    return _free(f"{name}_", taken) if name in taken else name


def in_form(text: str, fields: Mapping[str, str]) -> str:
    """Write a text of ours for a form.

    >>> in_form("Visite {d_organisme}, {{sic}}", {"d_organisme": "d_organisme"})
    'Visite ${d_organisme}, {sic}'
    """
    return "".join(_parts_in_form(text, fields))


def _parts_in_form(text: str, fields: Mapping[str, str]) -> Iterator[str]:
    for plain, name, _spec, _conversion in Formatter().parse(text):
        yield plain.replace("${", _APART)
        if name is not None:
            yield f"${{{fields[name]}}}"


def from_form(text: str, facts: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Write a text of a form as ours, and name the fields that it says and that are no facts.

    >>> from_form("Visite ${visite}, {sic}, ${age}", {"visite": "organisme"})
    ('Visite {organisme}, {{sic}}, …', ('age',))
    """
    pieces = _FIELD.split(text)
    written = [_braces(piece) for piece in pieces]
    names = pieces[1::2]
    written[1::2] = [f"{{{facts[name]}}}" if name in facts else "…" for name in names]
    return "".join(written), tuple(dict.fromkeys(name for name in names if name not in facts))


def _braces(text: str) -> str:
    return text.replace(_APART, "${").replace("{", "{{").replace("}", "}}")
