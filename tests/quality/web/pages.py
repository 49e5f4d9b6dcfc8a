"""Samples of the pages: a shell, a context for each template, and a reader of what was rendered."""

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

from quality.web.languages import OtherLanguage
from quality.web.rendering import TextSize
from surveys.respond.wishing import MOTIVES
from surveys.respondents import RELATIONS, WAYS
from tests.charter.samples import SAMPLES as OF_THE_CHARTER

TEMPLATES = Path(__file__).parents[3] / "templates"
VOID = {"meta", "link", "input", "br", "img", "hr", "path", "circle", "rect"}


@dataclass(frozen=True)
class Shell:
    lang: str = "fr"
    demo: bool = True
    now_text: str = "mardi 24 novembre 2026, 10 h 30"
    now_iso: str = "2026-11-24T10:30"
    today_text: str = "mardi 24 novembre 2026"
    platform_name: str = "Pléiades Services"
    platform_phone: str = "04 67 00 00 00"
    platform_phone_link: str = "tel:+33467000000"
    platform_hours: str = "Du lundi au vendredi, de 10 h à 12 h 30 et de 14 h à 18 h."
    actor: object | None = None
    menu: tuple[object, ...] = ()
    csrf: str = "jeton-de-session"
    path: str = "/ici"
    chosen_language: str = ""
    other_language: OtherLanguage | None = None
    text_size: TextSize | None = None

    def static(self, name: str) -> str:
        return f"/static/{name}"


ACTOR = SimpleNamespace(
    name="Mme Martin", role_label="Financeur", organisation_name="Département de l’Hérault"
)
MENU = (
    SimpleNamespace(href="/accueil", label="Synthèse", icon="home", count=None, is_current=False),
    SimpleNamespace(href="/indicateurs", label="Indicateurs", icon="chart", count=None, is_current=True),
    SimpleNamespace(href="/reclamations", label="Réclamations", icon="complaint", count=2, is_current=False),
)
STAFF = Shell(actor=ACTOR, menu=MENU, other_language=OtherLanguage("/ici?langue=en", "English"))
PUBLIC = Shell()
ANSWER = Shell(csrf="jeton-de-reponse", text_size=TextSize(True, "/ici?texte=normal"))

SCALE = ("Très mal", "Plutôt mal", "Moyen", "Plutôt bien", "Très bien")
RATINGS = tuple(
    SimpleNamespace(value=str(mark), mark=str(mark), words=words) for mark, words in enumerate(SCALE, 1)
)
OUTSIDE = (
    SimpleNamespace(value="nsp", mark="", words="Je ne sais pas"),
    SimpleNamespace(value="so", mark="", words="Cela ne me concerne pas"),
)
QUESTION = {
    "token": "K7M42Q9DX3PV",
    "number": 1,
    "rank": 1,
    "total": 7,
    "name": "globale",
    "kind": "rating",
    "label": "Comment s’est passée la visite d’Aide 34, lundi 23 novembre ?",
    "hint": "",
    "tongue": "fr",
    "direction": "ltr",
    "choices": RATINGS,
    "outside": OUTSIDE[:1],
    "chosen": (),
    "written": "",
    "parts": (),
    "keyboard": "numeric",
    "is_preset": False,
    "provider": "Aide 34",
    "seat": "",
    "back": None,
    "skip": None,
    "seal": "",
    "audio": "",
    "can_refuse": True,
    "errors": (),
}
MISSING = (("globale-1", "Choisissez une réponse, de 1 à 5, ou « Je ne sais pas »"),)
COMMENT = QUESTION | {
    "number": 6,
    "rank": 6,
    "name": "commentaire",
    "kind": "text",
    "label": "Voulez-vous ajouter quelque chose ?",
    "hint": "Ne donnez pas de nom.",
    "choices": (),
    "outside": (),
    "back": "/s/K7M42Q9DX3PV/5",
    "skip": "/s/K7M42Q9DX3PV/7",
}
REASONS = COMMENT | {
    "name": "motif",
    "kind": "multiple",
    "label": "Que s’est-il passé ?",
    "choices": tuple(
        SimpleNamespace(value=value, mark="", words=words)
        for value, words in (("retard", "Un retard"), ("travail", "Un travail non fait"), ("rien", "Rien"))
    ),
    "outside": OUTSIDE,
    "chosen": ("retard", "rien"),
}
NIGHTS = COMMENT | {"name": "nuits", "kind": "number", "label": "Combien de nuits ?", "outside": OUTSIDE}
DAY = NIGHTS | {
    "name": "jour",
    "kind": "date",
    "label": "Quel jour était-ce ?",
    "parts": tuple(
        SimpleNamespace(name=f"jour-{name}", words=words, value="")
        for name, words in (("jour", "Jour"), ("mois", "Mois"), ("annee", "Année"))
    ),
}
WISH = {
    "token": "K7M42Q9DX3PV",
    "back": "/s/K7M42Q9DX3PV/1",
    "saved": "2 Plutôt mal",
    "seat": "",
    "motive": "",
    "about": "",
    "is_conduct": False,
    "offers_nothing": True,
    "provider": "Aide 34",
    "acknowledged_by": "jeudi 26 novembre",
    "remedied_by": "mercredi 9 décembre",
    "value": "",
    "errors": (),
}
PROBLEM = {
    "token": "K7M42Q9DX3PV",
    "back": "/s/K7M42Q9DX3PV",
    "seat": "",
    "options": tuple(
        SimpleNamespace(value=code, mark="", words=words) for code, (_kind, words) in MOTIVES.items()
    ),
    "errors": (),
}
THANKS = {
    "token": "K7M42Q9DX3PV",
    "seat": "",
    "outcome": "named",
    "reference": "K7M4-2Q9D",
    "provider": "Aide 34",
    "today": "mardi 24 novembre",
    "acknowledged_by": "jeudi 26 novembre",
    "remedied_by": "mercredi 9 décembre",
    "callback_text": "Mercredi 25 novembre, de 10 h à 12 h 30",
    "remaining": 4,
    "next_number": 2,
    "follow": "/suivi/8M4RT0Q2D7XW",
    "is_answered": True,
    "who": "",
    "can_share": True,
    "readers": "platform",
    "counts": True,
    "until": "jeudi 3 décembre",
}
READERS = {
    "token": "K7M42Q9DX3PV",
    "back": "/s/K7M42Q9DX3PV/merci",
    "seat": "",
    "provider": "Aide 34",
    "is_about_visit": True,
    "value": "plateforme",
    "until": "jeudi 3 décembre",
    "is_nameless": False,
    "errors": (),
}
WHO = {
    "token": "K7M42Q9DX3PV",
    "back": "/s/K7M42Q9DX3PV/merci",
    "seat": "",
    "options": tuple(
        SimpleNamespace(value=code, mark="", words=each.said) for code, each in RELATIONS.items()
    ),
    "ways": tuple(SimpleNamespace(value=code, mark="", words=each.said) for code, each in WAYS.items()),
    "chosen": (),
    "errors": (),
}
CALLBACK = {
    "token": "K7M42Q9DX3PV",
    "back": "/s/K7M42Q9DX3PV",
    "seat": "",
    "slots": (
        SimpleNamespace(value="2026-11-24-pm", day="Mardi 24 novembre", span="de 14 h à 18 h"),
        SimpleNamespace(value="2026-11-25-am", day="Mercredi 25 novembre", span="de 10 h à 12 h 30"),
    ),
    "value": "",
    "errors": (),
}
ERROR = {"status": 404, "title": "Page introuvable", "message": "Page introuvable", "incident": ""}
UNSENT = {
    "title": "Connectez-vous pour continuer",
    "message": "Connectez-vous pour continuer",
    "action": "/questionnaires",
    "fields": (("nom", "Suivi du soir"), ("modele", "vide")),
    "texts": ("Suivi du soir",),
}
NO_PHONE = replace(PUBLIC, platform_phone="", platform_phone_link="tel:", platform_hours="")

APART = {
    "title": "Deux réponses à part sont à lire",
    "sentence": "Ces réponses sont gardées, mais ne comptent pas.",
    "rows": (
        SimpleNamespace(
            href="/interventions/reponses-a-part/1",
            title="Visite du mardi 17\u00a0novembre\u00a02026, client C-0042",
            provider="Aide 34",
            reasons=("Un même appareil pour de nombreux clients", "Remplie trop vite"),
            when="mardi 17 novembre, 14\u202fh\u202f30",
            tag=("signal", "À lire"),
        ),
    ),
    "reasons": (("", "Toutes"), ("vitesse", "Remplie trop vite")),
    "reason": "vitesse",
    "providers": (("", "Tous"), ("1", "Aide 34")),
    "provider": "",
    "standings": (("", "Toutes"), ("a-lire", "À lire")),
    "standing": "",
    "picked": ("Remplie trop vite",),
    "compared": (
        SimpleNamespace(
            label="Visite bien passée",
            without=("82,1\u202f%", "79,0 à 84,8, 612 réponses, 540 clients"),
            everything=("82,9\u202f%", "79,9 à 85,5, 640 réponses, 561 clients"),
        ),
    ),
    "compared_sentence": "Visites depuis le 1er\u00a0septembre 2026.",
    "previous": None,
    "following": "/interventions/reponses-a-part?page=2#liste",
    "position": "1 à 50 sur 61",
}
ONE_APART = {
    "href": "/interventions/reponses-a-part/1",
    "title": "Visite du mardi 17\u00a0novembre\u00a02026, client C-0042",
    "tag": ("signal", "À lire"),
    "reasons": (
        ("Remplie trop vite", "Au moins cinq questions ont reçu leur réponse en moins de cinq secondes."),
    ),
    "facts": (("Organisme", "Aide 34"), ("Qui a répondu", "La personne elle-même")),
    "answers": (("Comment s’est passée la visite\u202f?", "5 Très bien"),),
    "story": "/interventions/1",
    "judgements": (
        (
            "Laissée à part",
            "Nadia, lundi 16 novembre, 9\u202fh\u202f15",
            "La cliente ne se souvient de rien.",
        ),
    ),
    "seen": 1,
    "paper": "",
    "is_decidable": True,
    "options": (("in", "La reprendre"), ("out", "La laisser à part")),
    "chosen": "",
    "why": "",
    "notice": "La réponse reste à part.",
    "errors": (),
}

YEARS = {
    "title": "61 bilans de l’année",
    "rows": (
        SimpleNamespace(
            href="/interventions/1",
            title="Bilan de 2026, client C-0042",
            provider="Aide 34",
            who="La personne elle-même",
            first="4 Plutôt bien",
            when="mardi 24\u00a0novembre\u00a02026, 9\u202fh\u202f15",
        ),
        SimpleNamespace(
            href="",
            title="Bilan de 2026, client C-0043",
            provider="Aide 34",
            who="Un de ses enfants",
            first="",
            when="lundi 23\u00a0novembre\u00a02026, 16\u202fh",
        ),
    ),
    "years": (("", "Toutes"), ("2026", "2026")),
    "year": "2026",
    "providers": (("", "Tous"), ("1", "Aide 34")),
    "provider": "",
    "picked": ("2026",),
    "previous": None,
    "following": "/interventions/bilans?page=2#liste",
    "position": "1 à 50 sur 61",
}

# name of the sample → template, shell, fields
SAMPLES: dict[str, tuple[str, Shell, dict[str, object]]] = {
    "set_apart_list": ("surveys/set_apart_list.html", STAFF, APART),
    "set_apart_list_none": (
        "surveys/set_apart_list.html",
        STAFF,
        APART | {"rows": (), "compared": (), "picked": (), "following": None},
    ),
    "set_apart_list_none_of_these": ("surveys/set_apart_list.html", STAFF, APART | {"rows": ()}),
    "set_apart_page": ("surveys/set_apart_page.html", STAFF, ONE_APART),
    "set_apart_page_refused": (
        "surveys/set_apart_page.html",
        STAFF,
        ONE_APART
        | {"errors": (("choix-in", "Choisissez."), ("pourquoi", "Écrivez pourquoi.")), "notice": ""},
    ),
    "set_apart_page_paper": (
        "surveys/set_apart_page.html",
        STAFF,
        ONE_APART | {"is_decidable": False, "paper": "/interventions/plusieurs-reponses/1", "judgements": ()},
    ),
    "set_apart_page_settled": (
        "surveys/set_apart_page.html",
        STAFF,
        ONE_APART | {"is_decidable": False, "story": "", "notice": ""},
    ),
    "year_list": ("surveys/year_list.html", STAFF, YEARS),
    "year_list_none_of_these": ("surveys/year_list.html", STAFF, YEARS | {"rows": ()}),
    "year_list_none": ("surveys/year_list.html", STAFF, YEARS | {"rows": (), "picked": ()}),
    "question": ("surveys/answer_question.html", ANSWER, QUESTION),
    "question_heard": ("surveys/answer_question.html", ANSWER, QUESTION | {"audio": "/ecouter/1"}),
    "question_error": ("surveys/answer_question.html", ANSWER, QUESTION | {"errors": MISSING}),
    "question_relative": (
        "surveys/answer_question.html",
        ANSWER,
        QUESTION | {"seat": "oui", "is_preset": True, "chosen": ("5",), "total": None},
    ),
    "question_text": ("surveys/answer_question.html", ANSWER, COMMENT),
    "question_text_error": (
        "surveys/answer_question.html",
        ANSWER,
        COMMENT | {"written": "Merci", "errors": (("commentaire", "Écrivez au plus 2 000 caractères"),)},
    ),
    "question_several": ("surveys/answer_question.html", ANSWER, REASONS),
    "question_several_error": (
        "surveys/answer_question.html",
        ANSWER,
        REASONS | {"errors": (("motif-retard", "Cochez au moins une réponse"),)},
    ),
    "question_number": ("surveys/answer_question.html", ANSWER, NIGHTS | {"written": "3"}),
    "question_number_error": (
        "surveys/answer_question.html",
        ANSWER,
        NIGHTS | {"written": "trois", "errors": (("nuits", "Écrivez un nombre en chiffres"),)},
    ),
    "question_date": ("surveys/answer_question.html", ANSWER, DAY),
    "question_date_error": (
        "surveys/answer_question.html",
        ANSWER,
        DAY | {"errors": (("jour-jour", "Écrivez une date, comme 31/12/2026"),)},
    ),
    "question_right_to_left": (
        "surveys/answer_question.html",
        ANSWER,
        QUESTION | {"tongue": "ar", "direction": "rtl", "label": "كيف كانت الزيارة؟"},
    ),
    "wish": ("surveys/answer_wish.html", ANSWER, WISH),
    "wish_told": (
        "surveys/answer_wish.html",
        ANSWER,
        WISH
        | {
            "back": "/s/K7M42Q9DX3PV/probleme",
            "saved": "",
            "motive": "comportement",
            "about": "Le comportement d’une personne",
            "is_conduct": True,
            "offers_nothing": False,
        },
    ),
    "problem": ("surveys/answer_problem.html", ANSWER, PROBLEM),
    "problem_error": (
        "surveys/answer_problem.html",
        ANSWER,
        PROBLEM | {"seat": "oui", "errors": (("motif-absence", "Choisissez ce qui s’est passé"),)},
    ),
    "wish_error": (
        "surveys/answer_wish.html",
        ANSWER,
        WISH | {"errors": (("souhait-nom", "Choisissez une des quatre réponses"),)},
    ),
    "readers": ("surveys/answer_readers.html", ANSWER, READERS),
    "readers_nameless": ("surveys/answer_readers.html", ANSWER, READERS | {"is_nameless": True}),
    "readers_error": (
        "surveys/answer_readers.html",
        ANSWER,
        READERS | {"seat": "oui", "errors": (("lecteurs-plateforme", "Choisissez qui lit votre réponse"),)},
    ),
    "thanks_shared": (
        "surveys/answer_thanks.html",
        ANSWER,
        THANKS | {"readers": "named", "counts": False, "outcome": "thanks"},
    ),
    "who": ("surveys/answer_who.html", ANSWER, WHO | {"seat": "oui", "chosen": ("child", "aide")}),
    "who_error": (
        "surveys/answer_who.html",
        ANSWER,
        WHO | {"errors": (("pour-self", "Choisissez pour qui vous répondez, ou passez cette page"),)},
    ),
    "thanks_who": ("surveys/answer_thanks.html", ANSWER, THANKS | {"who": "pour mon père ou ma mère"}),
    "thanks_named": ("surveys/answer_thanks.html", ANSWER, THANKS),
    "thanks_confidential": ("surveys/answer_thanks.html", ANSWER, THANKS | {"outcome": "confidential"}),
    "thanks_callback": ("surveys/answer_thanks.html", ANSWER, THANKS | {"outcome": "callback"}),
    "thanks_plain": (
        "surveys/answer_thanks.html",
        ANSWER,
        THANKS | {"outcome": "thanks", "remaining": 0, "next_number": None, "follow": ""},
    ),
    "thanks_opinion": (
        "surveys/answer_thanks.html",
        ANSWER,
        THANKS | {"outcome": "opinion", "remaining": 0, "next_number": None, "follow": ""},
    ),
    "opinion": (
        "surveys/followed_opinion.html",
        ANSWER,
        {"token": "K7M42Q9DX3PV", "questions": 3, "is_settled": True},
    ),
    "opinion_one": (
        "surveys/followed_opinion.html",
        ANSWER,
        {"token": "K7M42Q9DX3PV", "questions": 1, "is_settled": False},
    ),
    "stop": ("surveys/answer_stop.html", ANSWER, {"token": "K7M42Q9DX3PV"}),
    "stopped": (
        "surveys/answer_stopped.html",
        ANSWER,
        {"stopped_text": "mardi 24 novembre à 10 h 30"},
    ),
    "stop_noted": ("surveys/answer_stop_noted.html", ANSWER, {}),
    "thanks_relative": (
        "surveys/answer_thanks.html",
        ANSWER,
        THANKS | {"seat": "oui", "outcome": "confidential"},
    ),
    "callback_relative": ("surveys/answer_callback.html", ANSWER, CALLBACK | {"seat": "oui"}),
    "wish_relative": ("surveys/answer_wish.html", ANSWER, WISH | {"seat": "oui"}),
    "callback": ("surveys/answer_callback.html", ANSWER, CALLBACK),
    "callback_error": (
        "surveys/answer_callback.html",
        ANSWER,
        CALLBACK | {"errors": (("creneau-2026-11-24-pm", "Choisissez un moment"),)},
    ),
    "callback_full": ("surveys/answer_callback.html", ANSWER, CALLBACK | {"slots": ()}),
    "closed": ("surveys/answer_closed.html", ANSWER, {}),
    "error": ("quality/error.html", PUBLIC, ERROR),
    "error_staff": (
        "quality/error.html",
        STAFF,
        ERROR | {"status": 405, "message": "Cette adresse ne répond pas."},
    ),
    "unsent_form": ("quality/unsent_form.html", PUBLIC, UNSENT),
    "unsent_form_signed_in": ("quality/unsent_form.html", STAFF, UNSENT),
    "unsent_form_to_copy": (
        "quality/unsent_form.html",
        STAFF,
        UNSENT | {"title": "Page introuvable", "action": "", "fields": ()},
    ),
    "error_incident": ("quality/error.html", PUBLIC, ERROR | {"status": 500, "incident": "7F3A2B1C"}),
    "answer_error_page": (
        "quality/answer_error.html",
        ANSWER,
        ERROR | {"status": 503, "message": "Attendez."},
    ),
    "answer_error_long": ("quality/answer_error.html", ANSWER, ERROR | {"status": 413}),
    "answer_error_elsewhere": ("quality/answer_error.html", ANSWER, ERROR | {"status": 403}),
    "answer_error_incident": (
        "quality/answer_error.html",
        ANSWER,
        ERROR | {"status": 500, "incident": "7F3A2B1C"},
    ),
    "error_no_phone": ("quality/error.html", NO_PHONE, ERROR | {"status": 503}),
    "privacy_no_phone": ("quality/privacy.html", NO_PHONE, {"contact": ""}),
    "accessibility": ("quality/accessibility.html", PUBLIC, {"contact": "acces@demo.invalid"}),
    "privacy": ("quality/privacy.html", PUBLIC, {"contact": "La déléguée à la protection des données"}),
    "legal_notice": (
        "quality/legal_notice.html",
        replace(PUBLIC, demo=False),
        {"contact": "", "legal_notice": "Pléiades Services, association.\n\nMontpellier."},
    ),
    "legal_notice_empty": ("quality/legal_notice.html", PUBLIC, {"contact": "", "legal_notice": ""}),
}
SAMPLES |= {name: (template, STAFF, fields) for name, (template, fields) in OF_THE_CHARTER.items()}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parents: tuple["Element", ...]
    text: str = ""


@dataclass
class Reading(HTMLParser):
    """What a page holds: its elements with their text, and each piece of text apart."""

    elements: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {key: value or "" for key, value in attrs}, tuple(self.open))
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop().tag == tag, f"</{tag}> closes another element"

    def handle_data(self, data):
        self.texts.append(data)
        for element in self.open:
            element.text += data

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]

    def with_attribute(self, name: str) -> list[Element]:
        return [element for element in self.elements if name in element.attributes]


def read(html: str) -> Reading:
    reading = Reading()
    reading.feed(html)
    reading.close()
    assert not reading.open, "an element is never closed"
    return reading
