"""The charter in the demonstration: Aide 34 half way with its own words, others begun or complete."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from charter.campaigns import demo as campaign
from charter.declaring import ALONE, EDITION
from charter.definition import Answer, Criterion, Edition
from charter.demo import life, plan
from charter.demo.life import EARLIER
from charter.editions import load
from quality.db import Connection, execute, transaction
from quality.demo.cast import AIDE_34
from quality.demo.providers import Provider
from quality.demo.stage import Stage, chance
from quality.ids import uuid7

TOLD = "charter"
SITTINGS = (timedelta(weeks=6), timedelta(weeks=4), timedelta(weeks=2))  # at the hour of the start
PACE = timedelta(minutes=4)
EVERYTHING, NOTHING = 1.0, 0.0
YES, PARTLY, NO = Answer.YES, Answer.PARTLY, Answer.NO

# Chapters 1 and 2 are done, 3 to 5 under way, 6 to begin. 2.8 is declared kept: its clients do not say so.
AIDE_34_SAYS: dict[str, tuple[Answer, str]] = {
    "1.1": (YES, "Horaires sur la porte, le site et le répondeur."),
    "1.2": (YES, "Le relevé d’appels est vidé chaque soir."),
    "1.3": (YES, "Première visite sous cinq jours, écrite sur le devis."),
    "1.4": (YES, "Une remplaçante est proposée le jour même."),
    "1.5": (YES, "L’astreinte répond de 7 h à 21 h, tous les jours."),
    "1.6": (PARTLY, "Le refus est expliqué au téléphone. L’orientation n’est pas toujours notée."),
    "1.7": (YES, "Deux places par semaine sont gardées pour les retours d’hôpital."),
    "2.1": (YES, "Affichée à l’accueil et jointe à chaque devis."),
    "2.2": (YES, "Devis remis sous deux jours."),
    "2.3": (YES, "Contrat signé avant la première visite."),
    "2.4": (PARTLY, "Le livret date de 2024, les prix ne sont plus à jour."),
    "2.5": (YES, "Remise avec le livret et expliquée."),
    "2.6": (YES, "Le nom de la référente est sur le cahier de liaison."),
    "2.7": (YES, "Les factures sont rapprochées des heures pointées."),
    "2.8": (YES, "Le client est appelé dès qu’une visite est décalée."),
    "2.9": (YES, "Son nom est sur le contrat et sur les factures."),
    "2.10": (NO, "Nous renvoyons vers la caisse ou le Département."),
    "3.1": (YES, "Une responsable de secteur vient avant de commencer."),
    "3.2": (PARTLY, "Onze plans ont plus d’un an."),
    "3.3": (YES, "Un cahier chez chaque client, relu tous les mois."),
    "3.7": (YES, "Registre tenu par la responsable qualité."),
    "3.8": (PARTLY, "Le délai de réponse n’est pas encore écrit au contrat."),
    "4.1": (YES, "Diplômes copiés au dossier, anciens employeurs appelés."),
    "4.2": (YES, "Bulletin demandé à l’embauche."),
    "5.1": (YES, "Signé avec le contrat de travail."),
    "5.2": (YES, "Clés numérotées, remises contre signature."),
    "5.6": (YES, "Les habitudes sont notées dans le cahier de liaison."),
}
REASONS = {
    "1.7": "Nous n’intervenons pas après une hospitalisation.",
    "2.5": "Nous n’avons pas de clients fragiles.",
    "2.10": "Nos clients ne reçoivent pas d’aide.",
    "3.1": "Nous n’avons pas de clients fragiles.",
    "3.3": "Nous entretenons des jardins, sans entrer au domicile.",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One answer to write."""

    criterion: Criterion
    answer: Answer
    comment: str
    reason: str
    at: datetime


async def tell(stage: Stage) -> None:
    """Write once what providers declare in the last weeks of the story, before its past is published."""
    if stage.kept.setdefault(TOLD, False):
        return
    stage.kept[TOLD] = True
    edition = load(EDITION)
    async with transaction("work") as db:
        for provider_id, provider in stage.providers.items():
            if provider.legal_form == ALONE:
                continue
            start = stage.start - EARLIER.get(provider, timedelta(0))
            found = list(lines(edition, provider, start))
            if found:
                await _write(db, stage, edition, provider_id, found)
    for provider_id, provider in stage.providers.items():
        if provider == AIDE_34:
            await plan.write(stage, provider_id)
        if provider == life.THAU:
            await plan.prove(stage, provider_id, EARLIER[provider])
    await life.tell(stage)
    await campaign.tell(stage)


def lines(edition: Edition, provider: Provider, start: datetime) -> Iterator[Line]:
    said = dict(_said(edition, provider))
    by_sitting = len(said) // len(SITTINGS) + 1
    for place, criterion in enumerate(each for each in edition.criteria if each.code in said):
        answer, words = said[criterion.code]
        sitting, rank = divmod(place, by_sitting)
        at = start - SITTINGS[sitting] + PACE * rank
        comment, reason = ("", words) if answer is Answer.NOT_CONCERNED else (words, "")
        yield Line(criterion, answer, comment, reason, at)


def _said(edition: Edition, provider: Provider) -> Iterator[tuple[str, tuple[Answer, str]]]:
    if provider == AIDE_34:
        yield from AIDE_34_SAYS.items()
        return
    how_far = EVERYTHING if provider in EARLIER else _how_far(provider)
    for criterion in edition.criteria[: round(how_far * len(edition.criteria))]:
        yield criterion.code, _drawn(criterion, provider)


def _how_far(provider: Provider) -> float:
    """Draw how much of the charter a provider has reviewed: a third has not begun, a fifth is done."""
    drawn = chance("charter", provider.siret).random()
    if drawn < 1 / 3:
        return NOTHING
    return EVERYTHING if drawn > 4 / 5 else (drawn - 1 / 3) * 2


def _drawn(criterion: Criterion, provider: Provider) -> tuple[Answer, str]:
    """Draw an answer, the better the provider's quality.

    What clients measure is always declared kept; what is compulsory too, by those that send their file.
    """
    if criterion.measured or (criterion.compulsory and provider in EARLIER):
        return YES, ""
    drawn = chance("charter", provider.siret, criterion.code).random()
    if criterion.code in REASONS and drawn > 0.9:
        return Answer.NOT_CONCERNED, REASONS[criterion.code]
    kept = min(max(0.72 + 0.2 * provider.quality, 0.4), 0.9)
    if drawn < kept:
        return YES, ""
    return (PARTLY, "") if drawn < kept + 0.7 * (1 - kept) else (NO, "")


OPEN = """
INSERT INTO assessment (id, platform_id, provider_id, edition, edition_version, opened_at)
VALUES ($1, $2, $3, $4, $5, $6)
"""
ANSWER = """
INSERT INTO assessment_answer (id, platform_id, provider_id, assessment_id, criterion, is_imperative, answer,
    comment, reason, answered_at)
SELECT r.id, $1, $2, $3, r.criterion, r.is_imperative, r.answer, r.comment, r.reason, r.at
FROM unnest($4::uuid[], $5::text[], $6::boolean[], $7::text[], $8::text[], $9::text[], $10::timestamptz[])
    AS r(id, criterion, is_imperative, answer, comment, reason, at)
"""


async def _write(
    db: Connection, stage: Stage, edition: Edition, provider: UUID, lines: Sequence[Line]
) -> None:
    opened_at = lines[0].at
    assessment = uuid7(opened_at)
    await execute(db, OPEN, assessment, stage.platform, provider, edition.code, edition.version, opened_at)
    await execute(
        db,
        ANSWER,
        stage.platform,
        provider,
        assessment,
        [uuid5(assessment, line.criterion.code) for line in lines],
        [line.criterion.code for line in lines],
        [not line.criterion.allows_not_concerned for line in lines],
        [line.answer.value for line in lines],
        [line.comment for line in lines],
        [line.reason for line in lines],
        [line.at for line in lines],
    )
