"""What the forms of a complaint's page let its reader choose, in words."""

from quality.access.actor import Actor, Role
from quality.complaints.client_words import templates
from quality.complaints.opening import WITHDRAWN_CAUSE
from quality.complaints.pages import letters
from quality.complaints.pages.following import Beside
from quality.complaints.reading import Read
from quality.complaints.resolving.handling import KINDS
from quality.complaints.resolving.moves import MANAGERS
from quality.complaints.vocabulary import BRANCHES, REMEDIES
from quality.complaints.words import kinds
from quality.web import languages
from quality.web.languages import gettext as _

Options = tuple[tuple[str, str], ...]


def usual_audience(read: Read) -> str:
    """Say who reads a note unless said otherwise: without a name, the team first."""
    if read.is_serious and not read.is_shared:
        return "encadrement"
    return "tous" if read.disclosure == "named" or read.is_nameless else "equipe"


def letters_of(read: Read) -> Options:
    """Name the letters that may be printed: only for a reader who may know the client's name."""
    if read.is_nameless:
        return ()
    is_promised = any(each.state != "refused" for each in read.promises)
    codes = letters.offered(
        read.state,
        is_promised=is_promised,
        is_withdrawn=read.cause == WITHDRAWN_CAUSE,
        is_serious=read.is_serious,
    )
    language = languages.current()
    return tuple((code, templates()[code].label.of(language)) for code in codes)


def options(actor: Actor, read: Read, beside: Beside) -> dict[str, Options]:
    language = languages.current()
    return {
        "motif": tuple((kind, words) for kind, words in kinds().items() if kind in KINDS),
        "cause-type": tuple(
            (leaf.code, f"{branch.words.spoken(language)} – {leaf.words.spoken(language)}")
            for branch in BRANCHES
            for leaf in branch.leaves
        ),
        "solution-type": tuple((code, each.words.spoken(language)) for code, each in REMEDIES.items()),
        "lecteurs": _audiences(actor, read),
        "compte": (("", _("Moi")), *beside.colleagues),
        "financeur": beside.funders,
        "vers": _hands(read),
    }


def _audiences(actor: Actor, read: Read) -> Options:
    both = (
        ("personne", _("La personne, l’organisme et la plateforme")),
        ("tous", _("L’organisme et la plateforme")),
    )
    if actor.role == Role.provider:
        return both
    team = (("equipe", _("L’équipe de la plateforme seulement")),)
    is_closed_off = read.is_serious and actor.role in MANAGERS
    return (*both, *team, *((("encadrement", _("L’encadrement seulement")),) if is_closed_off else ()))


def _hands(read: Read) -> Options:
    names = {
        "platform": _("La plateforme reprend le dossier"),
        "provider": _("L’organisme reprend le dossier"),
        "mediator": _("Le médiateur est saisi"),
    }
    return tuple((holder, words) for holder, words in names.items() if holder != read.holder)
