"""A campaign of the demonstration: the département pays for a cohort that is half way, with two sessions."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from charter.campaigns.reminding import remind
from charter.campaigns.running import Meeting, Plan, add_session, create
from charter.declaring import ALONE, EDITION
from quality.access.actor import Actor, Role
from quality.demo.stage import Stage

ZONE = ZoneInfo("Europe/Paris")
FUNDER = "D34"
COHORT = 11  # fewer are no cohort: its funder would be told nothing


async def tell(stage: Stage) -> None:
    """Open the campaign three weeks before the demonstration starts, by the real verbs."""
    invited = tuple(each.siret for each in stage.providers.values() if each.legal_form != ALONE)
    if len(invited) < COHORT:
        return
    judge = Actor(Role.platform, platform=stage.platform)
    opened = stage.start - timedelta(weeks=3)
    stage.travel_to(opened)
    first, last = (opened.date(), (stage.start + timedelta(weeks=5)).date())
    plan = Plan(
        name="Cohorte de l’Hérault",
        edition=EDITION,
        starts_on=first.isoformat(),
        ends_on=last.isoformat(),
        funder=FUNDER,
        invites="chosen",
        providers=invited,
    )
    campaign = await create(judge, plan, first)
    for weeks, place, topic in (
        (1, "Montpellier, salle de réunion de la plateforme", "Rassembler les preuves"),
        (4, "Par téléphone", "Lire ses résultats et choisir trois actions"),
    ):
        day = (opened + timedelta(weeks=weeks)).date().isoformat()
        await add_session(judge, campaign, Meeting(day, "14:00", place, topic), ZONE)
    await remind(stage.house)
    stage.travel(stage.moment)
