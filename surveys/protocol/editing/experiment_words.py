"""The experiment on first contacts in plain words (pure but for the reader's language)."""

from collections.abc import Iterator

from quality.web import languages
from quality.web.format import percent
from quality.web.languages import gettext as _
from surveys.channels import naming
from surveys.protocol.definition import Protocol


def told_experiment(protocol: Protocol) -> Iterator[str]:
    """Tell for whom chance chooses the first contact, and whom it leaves alone.

    >>> import msgspec
    >>> from surveys.protocol.definition import load
    >>> from surveys.protocol.experiment import Experiment
    >>> tried = Experiment(share=20, channels=("sms", "phone"))
    >>> protocol = msgspec.structs.replace(load("default"), experiment=tried)
    >>> print(next(told_experiment(protocol)).replace(chr(160), " "))
    Pour 20 % des personnes, le sort choisit le premier contact, à égalité : SMS, appel.
    """
    experiment = protocol.experiment
    if not experiment.is_on:
        yield _("Les étapes décident du premier contact, pour tout le monde.")
        return
    share = percent(experiment.share, 0, languages.current())
    ways = ", ".join(way_words(way) for way in experiment.compared)
    yield _(
        "Pour {share} des personnes, le sort choisit le premier contact, à égalité\u00a0: {ways}."
    ).format(share=share, ways=ways)
    yield _("Seules les personnes que tous ces moyens atteignent sont tirées au sort, une fois pour toutes.")
    yield _("Jamais celles qui préfèrent un moyen, ni celles qu’une limite plus basse protège.")
    yield _("Qui est tiré reçoit ce que reçoivent les personnes joignables seulement ainsi, appels compris.")


def way_words(way: str) -> str:
    """Name a way inside a sentence: « SMS », « e-mail », « appel »."""
    words = _(naming.ONE[way])
    return words if words.isupper() else words[:1].lower() + words[1:]
