"""What a list of complaints shows: a choice read from an address, written back, said in words (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlencode

from quality.complaints.words import holders, kinds
from quality.web.languages import gettext as _

STATES = {
    "en-cours": ("opened", "acknowledged", "remedied"),
    "accuse": ("opened",),
    "solution": ("acknowledged",),
    "avis": ("remedied",),
    "closes": ("closed",),
    "toutes": ("opened", "acknowledged", "remedied", "closed", "merged"),
}
YES = "oui"


@dataclass(frozen=True, slots=True)
class Filters:
    """A choice; each field is a field of the address, "" when it chooses nothing."""

    etat: str = "en-cours"
    motif: str = ""
    organisme: str = ""
    main: str = ""
    retard: str = ""
    suivi: str = ""
    gravite: str = ""

    @property
    def query(self) -> str:
        """Write the choice as an address does, without what is usual.

        >>> Filters(motif="late", retard="oui").query, Filters().query
        ('motif=late&retard=oui', '')
        """
        usual = Filters()
        chosen = {field.name: getattr(self, field.name) for field in fields(self)}
        return urlencode({name: value for name, value in chosen.items() if value != getattr(usual, name)})


def read(asked: Mapping[str, str], *, is_staff: bool, sees_serious: bool) -> Filters:
    """Read a choice; what is unknown, or not for this reader, chooses nothing.

    >>> read({"etat": "closes", "gravite": "oui", "motif": "<b>"}, is_staff=True, sees_serious=False)
    Filters(etat='closes', motif='', organisme='', main='', retard='', suivi='', gravite='')
    """

    def given(name: str, known: Mapping[str, object] | tuple[str, ...], usual: str = "") -> str:
        value = asked.get(name, "")
        return value if value in known else usual

    return Filters(
        etat=given("etat", STATES, "en-cours"),
        motif=given("motif", kinds()),
        organisme=asked.get("organisme", "")[:20] if is_staff else "",
        main=given("main", holders()),
        retard=given("retard", (YES,)),
        suivi=given("suivi", ("moi",)) if is_staff else "",
        gravite=given("gravite", (YES,)) if sees_serious else "",
    )


def states() -> tuple[tuple[str, str], ...]:
    return (
        ("en-cours", _("En cours")),
        ("accuse", _("Accusé de réception attendu")),
        ("solution", _("Solution attendue")),
        ("avis", _("Avis de la personne attendu")),
        ("closes", _("Closes")),
        ("toutes", _("Toutes")),
    )


def said(chosen: Filters, providers: Mapping[str, str]) -> tuple[str, ...]:
    """Say what is chosen beside the usual, a few words a filter."""
    usual = Filters()
    words = (
        dict(states())[chosen.etat].lower() if chosen.etat != usual.etat else "",
        kinds().get(chosen.motif, ""),
        providers.get(chosen.organisme, chosen.organisme),
        _("la main est à %(holder)s") % {"holder": holders()[chosen.main]} if chosen.main else "",
        _("en retard") if chosen.retard else "",
        _("suivies par moi") if chosen.suivi else "",
        _("événements graves") if chosen.gravite else "",
    )
    return tuple(each for each in words if each)
