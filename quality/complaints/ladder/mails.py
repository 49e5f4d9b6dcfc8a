"""The letters of the ladder: what happened, what is awaited, the address of the page; nothing of the client.

No letter names a client, gives the day of a visit or repeats anybody's words: mail has many readers.
"""

from dataclasses import dataclass
from datetime import datetime

from quality.complaints.ladder.recipients import Who
from quality.complaints.ladder.steps import Kind
from quality.complaints.resolving.authority import euros
from quality.complaints.resolving.serious import HELPLINE
from quality.complaints.vocabulary import REMEDIES
from quality.complaints.words import day_words, heading
from quality.directory.geography import zone_of
from quality.web import languages
from quality.web.languages import gettext as _

SERIOUS = "serious"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a letter may say: `due_at` is None where a day would tell who speaks."""

    number: int
    kind: str
    platform: str
    provider: str
    departement: str
    link: str
    due_at: datetime | None = None
    remedy_code: str = ""
    amount_cents: int | None = None
    on_call: str = ""
    mediator: str = ""


def letter(step: Kind, who: Who, about: About, language: str) -> tuple[str, str]:
    """Write the subject and the text of a letter, in its reader's language."""
    with languages.using(language):
        title, sentences = _titles()[step], _sentences(step, who, about)
        subject = f"{title} – {_name(about)}"
        body = "\n\n".join((_("Bonjour,"), *sentences, about.link, about.platform))
    return subject, body


def _name(about: About) -> str:
    """Name the complaint; no letter writes the motive of a serious event, shared or not."""
    if about.kind == SERIOUS:
        return _("réclamation %(number)s") % {"number": about.number}
    return heading(about.number, about.kind)


def _titles() -> dict[Kind, str]:
    return {
        Kind.opened: _("Une réclamation vous est confiée"),
        Kind.remind_reply: _("Votre réponse est attendue"),
        Kind.ack_overdue: _("Pas de réponse à temps"),
        Kind.contested: _("L’organisme conteste"),
        Kind.remind_solution: _("Votre solution est attendue"),
        Kind.solution_late: _("Pas de solution à temps"),
        Kind.to_funder: _("Toujours pas de solution"),
        Kind.to_mediator: _("Toujours pas de solution"),
        Kind.to_platform: _("Toujours pas de solution"),
        Kind.reopened: _("Ce n’est pas réglé"),
        Kind.silence: _("Close sans avis de la personne"),
        Kind.unreached: _("Personne à joindre, sans réponse"),
        Kind.funder_late: _("Le financeur n’a pas répondu"),
        Kind.serious: _("Événement grave signalé"),
        Kind.serious_late: _("Événement grave : aucune mesure depuis 24 heures"),
        Kind.message: _("La personne a écrit"),
        Kind.promised: _("Un engagement est pris en votre nom"),
        Kind.unconfirmed: _("Engagement non confirmé"),
        Kind.declined: _("Engagement refusé par l’organisme"),
        Kind.broken: _("Engagement non tenu à temps"),
        Kind.transmitted: _("Un dossier vous est transmis"),
        Kind.answered: _("Le financeur a répondu"),
    }


def _sentences(step: Kind, who: Who, about: About) -> tuple[str, ...]:
    """Say what happened, then what its reader is asked to do."""
    told = _to_provider(about) if who is Who.provider else _to_others(about)
    return tuple(sentence for sentence in told[step] if sentence)


def _to_provider(about: About) -> dict[Kind, tuple[str, ...]]:
    by, platform = _by(about), {"platform": about.platform}
    broken = {"remedy": _remedy(about)}
    remedy = {**broken, "by": by}
    return {
        Kind.opened: (
            _("Une personne que vous aidez souhaite que quelque chose soit fait."),
            _("Dites si vous vous en occupez, ou pourquoi vous contestez. %(by)s") % {"by": by},
        ),
        Kind.remind_reply: (
            _("Vous n’avez pas encore dit si vous vous occupez de cette réclamation. %(by)s") % {"by": by},
            _("Après ce délai, %(platform)s s’en occupe.") % platform,
        ),
        Kind.ack_overdue: (
            _("Vous n’avez pas répondu dans le délai convenu : %(platform)s s’en occupe.") % platform,
            _("Vous pouvez encore la prendre en charge."),
        ),
        Kind.remind_solution: (
            _("Une solution est attendue de vous. %(by)s") % {"by": by},
            _("Après ce délai, %(platform)s s’en occupe.") % platform,
        ),
        Kind.solution_late: (
            _("Le jour annoncé à la personne est passé : %(platform)s s’en occupe avec vous.") % platform,
            _("Notez la cause et la solution dès qu’elle est apportée."),
        ),
        **dict.fromkeys(
            (Kind.to_funder, Kind.to_mediator, Kind.to_platform),
            (
                _("Aucune solution n’a été apportée. La réclamation va plus loin que %(platform)s.")
                % platform,
                _("Vous pouvez encore apporter une solution."),
            ),
        ),
        Kind.reopened: (
            _("La personne dit que ce n’est pas réglé : la réclamation est ouverte à nouveau."),
            _("Reprenez contact et notez la nouvelle solution. %(by)s") % {"by": by},
        ),
        Kind.message: (_("La personne a ajouté un message ou un fichier. Lisez-le sur la page."),),
        Kind.promised: (
            _("%(platform)s a promis en votre nom, comme vous en êtes convenus.") % platform,
            _("%(remedy)s. %(by)s") % remedy,
            _("Confirmez-le, ou dites pourquoi vous ne pouvez pas, au plus tard le jour ouvré suivant."),
        ),
        Kind.unconfirmed: (
            _("Vous n’avez pas encore confirmé cet engagement pris en votre nom."),
            _("%(remedy)s. %(by)s") % remedy,
        ),
        Kind.broken: (
            _("Le jour promis est passé, et rien ne dit que cela a été fait : %(remedy)s.") % broken,
            _("Si c’est fait, notez-le sur la page."),
        ),
    }


def _to_others(about: About) -> dict[Kind, tuple[str, ...]]:
    provider = {"provider": about.provider}
    remedy = {"remedy": _remedy(about), **provider}
    helpline = _("Numéro national contre les maltraitances : %(number)s.") % {"number": HELPLINE}
    on_call = _("Astreinte : %(contact)s.") % {"contact": about.on_call} if about.on_call else ""
    return {
        Kind.ack_overdue: (
            _("%(provider)s n’a pas répondu dans le délai convenu. La réclamation est à vous.") % provider,
            on_call,
        ),
        Kind.contested: (
            _("%(provider)s conteste les faits et dit pourquoi. La réclamation est à vous.") % provider,
        ),
        Kind.solution_late: (
            _("%(provider)s n’a pas apporté de solution au jour annoncé. La réclamation est à vous.")
            % provider,
            on_call,
        ),
        Kind.to_funder: (
            _("%(provider)s n’a pas apporté de solution.") % provider,
            _("Le financeur de la personne est saisi, avec l’accord de celle-ci."),
        ),
        Kind.to_mediator: (
            _("Aucune solution n’est venue de %(provider)s. Proposez à la personne de saisir le médiateur.")
            % provider,
            about.mediator,
        ),
        Kind.to_platform: (
            _("Aucune solution n’est venue de %(provider)s, et aucun médiateur n’est nommé. Décidez.")
            % provider,
        ),
        Kind.reopened: (
            _("La personne dit que ce n’est pas réglé. La réclamation revient à qui l’avait en charge."),
        ),
        Kind.serious: (
            _("Un événement grave vient d’être signalé. Protégez la personne et notez chaque mesure."),
            helpline,
        ),
        Kind.serious_late: (
            _("Un événement grave a été signalé il y a 24 heures et aucune mesure n’est notée."),
            helpline,
        ),
        Kind.message: (_("La personne a ajouté un message ou un fichier. Lisez-le sur la page."),),
        Kind.unconfirmed: (
            _("%(provider)s n’a pas confirmé cet engagement : %(remedy)s. Appelez son astreinte.") % remedy,
            on_call,
        ),
        Kind.declined: (
            _("%(provider)s refuse cet engagement : %(remedy)s. Cherchez une autre solution.") % remedy,
        ),
        Kind.broken: (
            _("Le jour promis est passé, et rien ne dit que %(provider)s l’a fait : %(remedy)s.") % remedy,
            on_call,
        ),
        Kind.transmitted: (
            _("%(provider)s intervient chez une personne dont vous financez l’aide.") % provider,
            _("La personne accepte que vous soyez informé."),
            _("Lisez ce qui vous est demandé et répondez sur la page."),
        ),
        Kind.unreached: (
            _("La personne voulait être appelée d’abord. Personne n’a pu la joindre."),
            _("Décidez : l’appeler encore, lui envoyer une lettre, ou clore sa réclamation."),
        ),
        Kind.funder_late: (
            _("Le financeur n’a pas répondu après quinze jours. La réclamation est de nouveau à vous."),
            _("Rappelez-le, ou proposez à la personne de saisir le médiateur."),
        ),
        Kind.answered: (_("Le financeur a répondu par écrit. La réclamation est de nouveau à vous."),),
    }


def _by(about: About) -> str:
    """Say until when; where a day would tell who speaks, the page says the week."""
    if about.due_at is None:
        return _("Le délai est sur la page.")
    return _("C’est à faire au plus tard le %(day)s.") % {
        "day": day_words(about.due_at, zone_of(about.departement))
    }


def _remedy(about: About) -> str:
    """Name what was promised, with its sum if it has one."""
    if not about.remedy_code:
        return ""
    words = REMEDIES[about.remedy_code].words.spoken(languages.current())
    return f"{words}, {euros(about.amount_cents)}" if about.amount_cents else words
