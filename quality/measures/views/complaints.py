"""Complaints as published: how many, how soon remedied, and the delays that were agreed beside them."""

from collections.abc import Mapping

from quality.measures.catalogue import CATALOGUE
from quality.measures.models import Convention
from quality.measures.releases.figures import Figure
from quality.measures.views.wording import label_of, reading
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

HOW_MANY, IN_TIME = "RECL_T", "RECL_D"
COMPLAINTS = (HOW_MANY, IN_TIME, "RECL_M", "RECL_P", "RECL_S", "PROM_T", "ALERTE", "AUTOR")
MEASURED_DAYS = 15  # what RECL_D counts, whatever a convention asks
Figures = Mapping[str, Figure]


def complaints_finding(main: Figures) -> str:
    """Say what is published of complaints, the delay first."""
    in_time, settled = reading(main.get(IN_TIME)), reading(main.get("RECL_S"))
    if in_time.is_shown:
        return _("Réclamations : {rate} résolues en 15 jours").format(rate=in_time.value)
    if settled.is_shown:
        return _("Réclamations : {rate} réglées, selon les clients").format(rate=settled.value)
    many = reading(main.get(HOW_MANY))
    if many.is_shown:
        return _("Réclamations : {rate} visites").format(rate=many.value)
    return _("Réclamations : trop peu pour publier un délai")


def complaints_sentences(convention: Convention | None, main: Figures) -> tuple[str, ...]:
    """Say the delays agreed, and that what is measured counts fifteen days where they differ."""
    found = list(_agreed(convention)) if convention else []
    if not any(reading(main.get(code)).is_shown for code in COMPLAINTS):
        label = label_of(CATALOGUE[IN_TIME])
        found.append(
            _(
                "Un résultat comme « {label} » réunit au moins 11 clients qui ont fait une réclamation."
            ).format(label=label)
        )
    return tuple(found)


def _agreed(convention: Convention) -> list[str]:
    parts = []
    if convention.acknowledge_days:
        parts.append(
            ngettext(
                "réponse en %(num)s jour ouvré",
                "réponse en %(num)s jours ouvrés",
                convention.acknowledge_days,
            )
            % {"num": convention.acknowledge_days}
        )
    if convention.solution_days:
        parts.append(
            ngettext("solution en %(num)s jour", "solution en %(num)s jours", convention.solution_days)
            % {"num": convention.solution_days}
        )
    if not parts:
        return [_("La convention ne fixe pas de délai : ceux du référencement valent.")]
    words = [_("Délais de la convention : {delays}.").format(delays=", ".join(parts))]
    if convention.solution_days and convention.solution_days != MEASURED_DAYS:
        words.append(_("Le résultat mesuré compte 15 jours, pour se comparer d’une convention à l’autre."))
    return words
