"""Samples of the campaigns' pages."""

from dataclasses import fields, replace

from charter.campaigns.progress import Stage
from charter.campaigns.reading import (
    BandRow,
    CampaignList,
    CampaignNew,
    CampaignPage,
    CampaignRow,
    SessionLine,
    StandingRow,
    stage_tag,
)
from charter.campaigns.running import Meeting, Plan
from charter.campaigns.sharing import CampaignCounts, OwnCampaign

ADDRESS = "/charte/campagnes/01a20ce4-05c0-747a-830b-08b7340ffbdd"
OPEN = ("info", "En cours", "clock")
MEETING = SessionLine("mardi 1er décembre, 14\u00a0h\u00a030", "Les preuves", "Montpellier, salle 2")
OWN = OwnCampaign("Cohorte de l’Hérault", "Charte", "/charte", "31 décembre", False, (MEETING,))
LIST = CampaignList(
    "Campagnes",
    "Une même édition.",
    "/charte",
    (CampaignRow(ADDRESS, "Cohorte de l’Hérault", "Charte", "du 1 au 31", OPEN),),
    creates=True,
)
NEW = CampaignNew(
    "Nouvelle campagne",
    (("national-2012", "Charte"),),
    (("full", "Tous les critères"), ("compulsory", "Les obligatoires seulement")),
    (("", "Aucun"), ("D34", "Hérault")),
    (("73282932000074", "Aide 34"),),
    Plan(),
    (),
)
PAGE = CampaignPage(
    title="Cohorte de l’Hérault",
    sentence="Charte",
    state=OPEN,
    facts=(("Dates", "du 1 au 31"),),
    counts=(("Invités", "180"),),
    rows=(
        StandingRow(
            "/charte?organisme=73282932000074",
            "Aide 34",
            stage_tag(Stage.ONGOING),
            "2 chapitres sur 6",
            "",
        ),
    ),
    sessions=(MEETING,),
    bands=(BandRow("de 75 à 100", "12"),),
    why_hidden="",
    others=(("73282932000074", "Aide 34"),),
    runs=True,
    action=ADDRESS,
    typed=Meeting(),
    errors=(),
)
COUNTS = CampaignCounts(
    "Cohorte de l’Hérault",
    "Charte",
    "du 1 au 31",
    OPEN,
    (("Invités", "180", False), ("Envoyé", "non montré", True)),
)
WRONG = (("jour", "Choisissez un moment à venir."),)


def _fields(page: object) -> dict[str, object]:
    return {each.name: getattr(page, each.name) for each in fields(page)}  # type: ignore[arg-type]


SAMPLES: dict[str, tuple[str, dict[str, object]]] = {
    "campaign_list": ("charter/campaign_list.html", _fields(LIST)),
    "campaign_list_empty": (
        "charter/campaign_list.html",
        _fields(replace(LIST, up="/accueil", rows=(), creates=False)),
    ),
    "campaign_new": ("charter/campaign_new.html", _fields(NEW)),
    "campaign_new_error": (
        "charter/campaign_new.html",
        _fields(replace(NEW, errors=(("nom", "Donnez un nom."), ("invites-all", "Invitez quelqu’un.")))),
    ),
    "campaign_page": ("charter/campaign_page.html", _fields(PAGE)),
    "campaign_page_read": (
        "charter/campaign_page.html",
        _fields(replace(PAGE, runs=False, bands=(), why_hidden="Trop peu.", sessions=(), others=())),
    ),
    "campaign_page_error": ("charter/campaign_page.html", _fields(replace(PAGE, errors=WRONG))),
    "campaign_counts": ("charter/campaign_counts.html", _fields(COUNTS)),
}
