"""A page of figures in sentences, computed from what is published, never typed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from quality.measures.catalogue import CATALOGUE, Asked, Indicator, Sort, awaited
from quality.measures.disclosure.status import Status
from quality.measures.releases.figures import Figure, digits_of
from quality.measures.views.coverage import Coverage
from quality.measures.views.reading import Sight
from quality.measures.views.wording import Verdict, clients_words, in_language, reading
from quality.web import format as text
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Unseen:
    """One thing that a reader does not see, and why."""

    icon: str
    title: str
    sentence: str


def asked_sentence(period: str, requests: Figure | None) -> str:
    """Say who was asked and how many answered."""
    when = text.capital(text.period_text(period, languages.current()))
    if requests is None:
        return _("{when} : aucune demande d’avis n’a été faite.").format(when=when)
    shown = reading(requests)
    if requests.n_clients is None or not shown.is_shown:
        return _("{when} : le nombre de clients interrogés n’est pas publié ({why}).").format(
            when=when, why=shown.value
        )
    return _(
        "{when} : {clients} interrogés, et {rate} des demandes d’avis ont reçu une réponse. "
        "Un client peut recevoir plusieurs demandes."
    ).format(when=when, clients=clients_words(requests.n_clients), rate=shown.value)


def followed_sentence(sight: Sight, label: str, of: Coverage) -> tuple[str, ...]:
    """Say how many providers the convention follows, and how many have a result for an indicator."""
    if sight.convention is None:
        return ()
    start = ngettext(
        "« {title} » suit {num} organisme.", "« {title} » suit {num} organismes.", of.followed
    ).format(title=sight.convention.title, num=text.count(of.followed, languages.current()))
    return (f"{start} {_named(label, of.shown)}",)


def _named(label: str, count: int) -> str:
    if not count:
        return _("Aucun n’a encore un résultat publié à son nom pour « {label} ».").format(label=label)
    words = ngettext(
        "{num} a un résultat publié à son nom pour « {label} ».",
        "{num} ont un résultat publié à leur nom pour « {label} ».",
        count,
    )
    return words.format(num=text.count(count, languages.current()), label=label)


def answered_sentence(main: Mapping[str, Figure]) -> tuple[str, ...]:
    """Say how many clients gave a mark to the whole visit."""
    figure = main.get("GLOB")
    if figure is None or figure.n_clients is None:
        return ()
    return (
        ngettext(
            "{num} client a noté sa visite dans son ensemble.",
            "{num} clients ont noté leur visite dans son ensemble.",
            figure.n_clients,
        ).format(num=text.count(figure.n_clients, languages.current())),
    )


def targets_title(found: Sequence[Verdict]) -> str:
    """Count the targets in words, those met first."""
    if not found:
        return _("Les résultats")
    parts = [_counted(of, found.count(of)) for of in Verdict if of in found]
    return text.capital(", ".join(parts))


def _counted(of: Verdict, count: int) -> str:
    words = {
        Verdict.MET: ngettext("{num} objectif atteint", "{num} objectifs atteints", count),
        Verdict.NOT_MET: ngettext("{num} objectif non atteint", "{num} objectifs non atteints", count),
        Verdict.UNSURE: ngettext("{num} objectif incertain", "{num} objectifs incertains", count),
    }[of]
    return words.format(num=text.spelled(count, languages.current()))


def standouts_title(count: int) -> str:
    """Head the list of the providers to call."""
    if not count:
        return _("Aucun organisme ne se détache")
    words = ngettext(
        "{num} organisme à appeler, et pourquoi", "{num} organismes à appeler, et pourquoi", count
    )
    return text.capital(words.format(num=text.spelled(count, languages.current())))


def targets_sentences(verdicts: Iterable[tuple[str, Verdict]]) -> tuple[str, ...]:
    """Say by name which targets are met, which are not, and which cannot be told."""
    named: defaultdict[Verdict, list[str]] = defaultdict(list)
    for label, of in verdicts:
        named[of].append(_("« {label} »").format(label=label))
    return tuple(_concluded(of, named[of]) for of in Verdict if named[of])


def _concluded(of: Verdict, names: Sequence[str]) -> str:
    sentence = {
        Verdict.MET: ngettext(
            "L’objectif est atteint pour {names}.", "Les objectifs sont atteints pour {names}.", len(names)
        ),
        Verdict.NOT_MET: ngettext(
            "L’objectif n’est pas atteint pour {names}.",
            "Les objectifs ne sont pas atteints pour {names}.",
            len(names),
        ),
        Verdict.UNSURE: ngettext(
            "On ne peut pas conclure sur l’objectif de {names}.",
            "On ne peut pas conclure sur les objectifs de {names}.",
            len(names),
        ),
    }[of]
    return sentence.format(names=", ".join(names))


def unseen(
    label: str, providers: Coverage, requests: Figure | None, *, excludes_mandataire: bool
) -> list[Unseen]:
    """List what the reader does not see of an indicator, from what is published."""
    found = [
        Unseen(
            "hidden",
            _("Les réponses une par une"),
            _("Un résultat réunit au moins 11 clients. Aucun nom, aucun message."),
        ),
        *_hidden_providers(label, providers),
        *_silent(requests),
    ]
    if excludes_mandataire:
        found.append(
            Unseen(
                "hidden",
                _("Les visites en mode mandataire"),
                _("Hors de la convention : le client est l’employeur."),
            )
        )
    return found


def unanswered(codes: Sequence[str], main: Mapping[str, Figure]) -> list[Unseen]:
    """List what a population follows and has no figure of in a period, by what explains it."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for item in (CATALOGUE[code] for code in codes if code not in main):
        if not item.only_whole:
            label = _("« {label} »").format(label=in_language(item.label))
            found[_why_nothing(item, main)].append(label)
    return [Unseen("unknown", ", ".join(labels), why) for why, labels in found.items()]


def _why_nothing(item: Indicator, main: Mapping[str, Figure]) -> str:
    if item.part_of in main and item.sort in {Sort.top, Sort.marks}:
        return _("Les réponses reçues ne disent que la part des bonnes notes, sans garder chaque note.")
    if item.asked is Asked.YEARLY:
        return _("Aucune réponse sur la période : ces questions se posent une fois par an.")
    return _("Rien n’a été compté sur la période.")


def unmeasured() -> list[Unseen]:
    """List what funders ask to know and nothing measures yet, with what is missing."""
    return [
        Unseen(
            "unknown",
            _("{label} : pas encore mesuré").format(label=in_language(each.label)),
            in_language(each.missing),
        )
        for each in awaited()
    ]


def _reasons() -> dict[Status, str]:
    return {
        Status.C: _("Pour « {label} » : moins de 11 clients ont répondu."),
        Status.D: _("Pour « {label} » : non publiés, pour protéger les personnes."),
        Status.M: _("Pour « {label} » : aucune réponse."),
    }


def _hidden_providers(label: str, of: Coverage) -> Iterable[Unseen]:
    for status, why in _reasons().items():
        count = of.hidden[status]
        if count:
            title = ngettext("%(num)s organisme", "%(num)s organismes", count) % {"num": count}
            yield Unseen("hidden", title, why.format(label=label))


def _silent(requests: Figure | None) -> Iterable[Unseen]:
    if requests is None or requests.value is None or requests.value == HUNDRED:
        return
    digits = digits_of(requests.value, requests.low, requests.high)
    rate = text.percent(HUNDRED - requests.value, digits, languages.current())
    yield Unseen(
        "unknown",
        _("{rate} des demandes sans réponse").format(rate=rate),
        _("L’avis de ces clients peut être différent."),
    )
