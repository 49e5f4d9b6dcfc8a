"""The letters to the staff: an invitation, a new access, a password to choose again."""

from quality.web import languages
from quality.web.languages import gettext as _


def invitation_letter(link: str, platform: str, language: str) -> tuple[str, str]:
    """Return the subject and the text that invite somebody to choose a first password."""
    with languages.using(language):
        subject = _("Votre accès à Suivi Qualité")
        text = _(
            "Bonjour,\n\n{platform} vous ouvre un accès à Suivi Qualité.\n\n"
            "Choisissez votre mot de passe à cette adresse, valable trois jours, une seule fois :\n{link}\n\n"
            "Si vous n’attendiez pas ce message, ne faites rien."
        )
    return subject, text.format(platform=platform, link=link)


def access_letter(link: str, platform: str, language: str) -> tuple[str, str]:
    """Return the subject and the text that tell a known account of one more space."""
    with languages.using(language):
        subject = _("Un nouvel espace dans Suivi Qualité")
        text = _(
            "Bonjour,\n\n{platform} vous ouvre un espace dans Suivi Qualité, avec votre compte actuel.\n\n"
            "Connectez-vous comme d’habitude :\n{link}"
        )
    return subject, text.format(platform=platform, link=link)


def reset_letter(link: str, language: str) -> tuple[str, str]:
    """Return the subject and the text that let somebody choose another password."""
    with languages.using(language):
        subject = _("Choisir un nouveau mot de passe")
        text = _(
            "Bonjour,\n\nVous avez demandé un nouveau mot de passe pour Suivi Qualité.\n\n"
            "Choisissez-le à cette adresse, valable une heure, une seule fois :\n{link}\n\n"
            "Si vous n’avez rien demandé, ne faites rien : votre mot de passe n’a pas changé."
        )
    return subject, text.format(link=link)
