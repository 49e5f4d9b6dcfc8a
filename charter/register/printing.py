"""The certificate of an adhesion that holds, as a tagged PDF: what its page says on the day it is printed."""

from pathlib import Path

from charter.register.reading import RegisterEntry
from quality import typesetting
from quality.web import languages
from quality.web.languages import gettext as _

SOURCE = Path(__file__).with_name("certificate.typ")


def pdf(of: RegisterEntry, platform: str, day: str) -> bytes:
    """Draw the certificate printed on a day; call it off the event loop."""
    return typesetting.drawn(SOURCE, "certificate", told(of, platform, day))


def told(of: RegisterEntry, platform: str, day: str) -> dict[str, str]:
    """Say the certificate in the reader's language."""
    return {
        "lang": languages.current(),
        "platform": platform,
        "title": _("Certificat d’adhésion"),
        "name": of.title,
        "identity": of.identity,
        "sentence": of.sentence,
        "edition": f"{of.edition}.",
        "origin": of.origin,
        "square": str(of.square),
        "address": of.address,
        "printed": _("Imprimé le {day}.").format(day=day),
        "check": _("Photographiez le carré pour lire ce que l’adhésion vaut aujourd’hui."),
        "limit": of.limit,
    }
