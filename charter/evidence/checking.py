"""The page of the check before sending: what lacks, what contradicts, what is not proven, by kind."""

from collections.abc import Sequence
from dataclasses import dataclass

from charter.declaring import Review
from charter.evidence.checkup import Finding, Found
from charter.result import CriterionLink, criterion_link
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

SHOWN = 60


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """The criteria of one kind of finding; `state` is signal for what blocks, info for what warns."""

    id: str
    title: str
    sentence: str
    blocks: bool
    links: tuple[CriterionLink, ...]


@dataclass(frozen=True, slots=True)
class CharterCheck:
    """/charte/verification: what to look at before the assessment is sent."""

    title: str
    sentence: str
    provider: str
    is_own: bool
    up: str
    groups: tuple[FindingGroup, ...]


def check_page(review: Review, found: Sequence[Found]) -> CharterCheck:
    """Compose the page."""
    blocking = sum(each.blocks for each in found)
    return CharterCheck(
        title=_title(blocking, len(found)),
        sentence=_("Ce qui manque empêche l’envoi. Le reste n’empêche rien : un examinateur le verra."),
        provider=review.name,
        is_own=review.is_own,
        up=f"/charte{review.query}",
        groups=tuple(_groups(review, found)),
    )


def _title(blocking: int, every: int) -> str:
    if blocking:
        return ngettext(
            "Un critère obligatoire attend une réponse",
            "%(num)s critères obligatoires attendent une réponse",
            blocking,
        ) % {"num": blocking}
    if not every:
        return _("Rien à vérifier : vous pouvez envoyer")
    return _("Vous pouvez envoyer, après un dernier regard")


def _groups(review: Review, found: Sequence[Found]) -> list[FindingGroup]:
    groups = []
    for blocks in (True, False):
        for kind in Finding:
            links = tuple(
                criterion_link(review, each.criterion)
                for each in found
                if each.finding is kind and each.blocks is blocks
            )
            if links:
                title, sentence = _words(kind, is_compulsory=blocks)
                name = f"{kind}-{'bloque' if blocks else 'avertit'}"
                groups.append(FindingGroup(name, title, sentence, blocks, links[:SHOWN]))
    return groups


def _words(kind: Finding, *, is_compulsory: bool) -> tuple[str, str]:
    if is_compulsory:
        return _("Obligatoires sans réponse"), _("Répondez-y pour pouvoir envoyer.")
    return {
        Finding.UNANSWERED: (_("Sans réponse"), _("Ils ne compteront pas.")),
        Finding.CONTRADICTED: (
            _("Vos clients ne disent pas la même chose"),
            _("Une mesure ou un indice est sous le seuil. Revoyez la réponse, ou préparez une explication."),
        ),
        Finding.UNPROVEN: (
            _("Déclarés satisfaits, sans preuve"),
            _("Joignez le document qui le montre."),
        ),
        Finding.EXPIRED: (_("Preuve expirée"), _("Remplacez-la par sa version à jour.")),
        Finding.UNDERRATED: (
            _("Mieux que vous ne le dites"),
            _("La mesure atteint le seuil : votre réponse est peut-être trop sévère."),
        ),
    }[kind]
