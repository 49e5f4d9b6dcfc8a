"""A result beside the last one and beside the others', in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from charter.benchmark.placing import Place, moved, peers
from charter.benchmark.reading import Benchmark, Last
from charter.definition import Scale
from charter.words import Tag, value_shown, worth_words
from quality.web import languages
from quality.web.format import day_text, number
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

Titles = Mapping[int, str]  # of the principles, by number


@dataclass(frozen=True, slots=True)
class BesideRow:
    """One principle: what it is set beside, its own value, and what that tells; None while nothing does."""

    title: str
    other: str
    own: str
    tells: Tag | None


@dataclass(frozen=True, slots=True)
class BesideTable:
    """What a result is set beside, by principle; without rows, `sentence` says why."""

    title: str
    sentence: str
    other_head: str
    own_head: str
    tells_head: str
    rows: tuple[BesideRow, ...]


def since_last(of: Benchmark, titles: Titles, now: Mapping[int, Fraction], scale: Scale) -> BesideTable:
    """Set an assessment beside the last one that was sent."""
    last = of.last
    if last is None:
        sentence = _("Rien n’a encore été envoyé : la comparaison commence au premier envoi.")
        return BesideTable(_("Depuis le dernier envoi"), sentence, "", "", "", ())
    day = day_text(last.on, languages.current(), year=True)
    return BesideTable(
        title=_moves_title(_moves(last, titles, now, scale)),
        sentence=_("Chaque principe aujourd’hui, à côté de ce qui a été envoyé le {day}.").format(day=day),
        other_head=_("Dernier envoi"),
        own_head=_("Aujourd’hui"),
        tells_head=_("Évolution"),
        rows=tuple(
            BesideRow(
                title,
                worth_words(last.values.get(number_), scale),
                worth_words(now.get(number_), scale),
                _move_tag(_move(last, number_, now, scale), scale),
            )
            for number_, title in titles.items()
        ),
    )


def _move(last: Last, number_: int, now: Mapping[int, Fraction], scale: Scale) -> Decimal | None:
    return moved(value_shown(last.values.get(number_), scale), value_shown(now.get(number_), scale))


def _moves(last: Last, titles: Titles, now: Mapping[int, Fraction], scale: Scale) -> list[Decimal]:
    found = [_move(last, each, now, scale) for each in titles]
    return [each for each in found if each]


def _moves_title(moves: list[Decimal]) -> str:
    up = sum(each > 0 for each in moves)
    down = len(moves) - up
    said = []
    if up:
        said.append(ngettext("un principe en hausse", "%(num)s principes en hausse", up) % {"num": up})
    if down:
        said.append(ngettext("un principe en baisse", "%(num)s principes en baisse", down) % {"num": down})
    if not said:
        return _("Depuis le dernier envoi : aucun principe n’a changé")
    return _("Depuis le dernier envoi : {moves}").format(moves=", ".join(said))


def _move_tag(move: Decimal | None, scale: Scale) -> Tag | None:
    if move is None:
        return None
    if not move:
        return "", _("Sans changement"), "info"
    if scale is Scale.MARKS:
        size = number(abs(move), 2, languages.current())
    else:
        size = ngettext("%(num)s point", "%(num)s points", int(abs(move))) % {"num": int(abs(move))}
    if move > 0:
        return "ok", _("En hausse de {size}").format(size=size), ""
    return "signal", _("En baisse de {size}").format(size=size), ""


def among_peers(of: Benchmark, titles: Titles, scale: Scale) -> BesideTable:
    """Set the last result that was sent beside those of the others, strictly anonymous."""
    title = _("À côté des autres organismes")
    own = of.last.values if of.last else {}
    rows = tuple(
        BesideRow(
            name,
            worth_words(found.median, scale),
            worth_words(own.get(each), scale),
            _place_tag(found.place) if found.place else None,
        )
        for each, name in titles.items()
        if (found := peers(of.others.get(each, ()), own.get(each)))
    )
    if not rows:
        sentence = _(
            "Pas de comparaison : il faut au moins 11 autres organismes avec un résultat envoyé "
            "sur cette édition entière, dans les 24 derniers mois, pour que personne ne soit reconnu."
        )
        return BesideTable(title, sentence, "", "", "", ())
    sentence = _(
        "La médiane d’au moins 11 autres organismes, sans leurs noms : résultats envoyés dans les 24 mois "
        "avant ce mois-ci. Votre place est celle de votre dernier envoi."
    )
    return BesideTable(title, sentence, _("Médiane des autres"), _("Dernier envoi"), _("Place"), rows)


def _place_tag(place: Place) -> Tag:
    return {
        Place.TOP: ("ok", _("Dans le quart le plus haut"), ""),
        Place.ABOVE: ("ok", _("Au-dessus de la médiane"), ""),
        Place.MIDDLE: ("", _("À la médiane"), "info"),
        Place.BELOW: ("info", _("Au-dessous de la médiane"), ""),
        Place.BOTTOM: ("signal", _("Dans le quart le plus bas"), ""),
    }[place]
