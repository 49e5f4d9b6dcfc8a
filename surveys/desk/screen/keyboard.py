"""The keys of the desk as data: one for each thing to do, the same on every page of a call."""

from quality.web.languages import gettext as _
from surveys.desk.ending.outcomes import OUTCOMES
from surveys.desk.screen.screens import Pairs

UNDO, ALL, NOTES, DIAL, QUESTIONS = "Z", "?", "B", "C", "K"
# The panels that one opens during the call, with their key.
PANEL_KEYS = {
    "reclamation": "P",
    "rendez-vous": "R",
    "danger": "D",
    "confiance": "V",
    "proche": "Q",
    "qui": "W",
    "langue": "L",
    "suite": "U",
}


def panel_labels() -> dict[str, str]:
    """Name what the panels do."""
    return {
        "reclamation": _("Ouvrir une réclamation"),
        "rendez-vous": _("Prendre rendez-vous"),
        "danger": _("Danger ou maltraitance"),
        "confiance": _("« Qui êtes-vous ? »"),
        "proche": _("Quelqu’un d’autre répond"),
        "qui": _("Dire qui a répondu"),
        "langue": _("Parle une autre langue"),
        "suite": _("Suite d’une réclamation"),
    }


def all_keys() -> Pairs:
    """List every key with what it does, in the order of a call."""
    rows = [
        (DIAL, _("Composer le numéro")),
        (_("1 à 5"), _("Choisir une réponse")),
        ("9", _("Ne sait pas")),
        ("8", _("Cela ne la concerne pas")),
        ("0", _("Ne veut pas répondre")),
        (_("0 à 9, +"), _("Choisir une note de 0 à 10 : + pour 10")),
        (_("N, S, Z"), _("Les trois mêmes, pour une note de 0 à 10, un nombre ou une date")),
        (_("Entrée"), _("Question suivante, ou enregistrer")),
        (UNDO, _("Annuler la dernière réponse")),
    ]
    rows += [(PANEL_KEYS[panel], words) for panel, words in panel_labels().items()]
    rows += [(QUESTIONS, _("Poser les questions de la visite")), (NOTES, _("Écrire une note"))]
    rows += [(each.key, _(each.label)) for each in OUTCOMES.values() if each.key not in PANEL_KEYS.values()]
    rows += [
        (_("Échap"), _("Quitter un champ de texte : les touches agissent de nouveau")),
        (ALL, _("Voir toutes les touches")),
    ]
    return tuple(rows)
