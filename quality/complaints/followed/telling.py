"""What the client's page says in plain words: who acts now, what comes next, what was promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from quality.complaints.followed.reading import Followed, Line, Promise
from quality.complaints.words import kinds, mark_words
from quality.directory.geography import zone_of
from quality.french import french
from quality.web import languages
from quality.web.format import capital, day_text, number, period_text
from quality.web.languages import gettext as _

CLOSES_AFTER = timedelta(days=10)  # without a word from the client once asked
VAGUE = frozenset({"unknown", "other"})  # a motive that says nothing
LONGEST_SHOWN = 400  # of each text: the page stays light


TITLES = {
    "opened": french("Votre demande est transmise"),
    "acknowledged": french("Votre demande est en cours"),
    "platform": french("Votre demande est en cours"),
    "funder": french("Votre demande est en cours"),
    "mediator": french("Votre demande est en cours"),
    "remedied": french("Une solution est apportée. Est-ce réglé ?"),
    "call_first": french("Nous vous appelons d’abord"),
    "serious": french("Votre demande est suivie"),
    "closed": french("Votre demande est terminée"),
    "settled": french("Votre demande est terminée"),
    "withdrawn": french("Votre demande est terminée"),
}
LEDES = {
    "opened": french("%(provider)s doit vous répondre."),
    "acknowledged": french("%(provider)s doit proposer une solution."),
    "platform": french("C’est %(platform)s qui s’en occupe."),
    "funder": french("%(platform)s s’en occupe, avec l’organisme qui finance votre aide."),
    "mediator": french("%(platform)s s’en occupe, avec un médiateur."),
    "remedied": french("C’est à vous de dire si cela vous convient."),
    "call_first": french("%(platform)s doit vous appeler."),
    "serious": french("%(platform)s s’en occupe en priorité."),
    "closed": french("Nous n’avons pas eu de vos nouvelles."),
    "settled": french("Vous nous avez dit que c’est réglé."),
    "withdrawn": french("Vous n’avez pas souhaité de suite."),
}


@dataclass(frozen=True, slots=True)
class Step:
    """What happens now or next: when in bold, then what."""

    when: str
    what: str
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened: its day, a sentence, and maybe somebody's words."""

    when: str
    what: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Pledge:
    """What was promised to the client, and what has become of it."""

    what: str
    state: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Story:
    """A complaint told to its client by a platform, at an instant, in the current language."""

    followed: Followed
    platform: str
    now: datetime

    def day(self, at: datetime) -> str:
        """Write a day where the client lives."""
        return day_text(at.astimezone(zone_of(self.followed.departement)).date(), languages.current())

    @property
    def names(self) -> dict[str, str]:
        return {"platform": self.platform, "provider": self.followed.provider}

    def title(self) -> str:
        return _(TITLES[standing(self.followed)])

    def lede(self) -> str:
        """Say who has the hand."""
        return _(LEDES[standing(self.followed)]) % self.names

    def steps(self) -> tuple[Step, ...]:
        steps = STEPS.get(standing(self.followed))
        return steps(self) if steps else ()

    def said(self) -> tuple[str, ...]:
        """Repeat what the client told us: the visit, the low marks or else what it is about."""
        if self.followed.is_serious:
            return ()
        month = period_text(f"{self.followed.month:%Y-%m}", languages.current())
        visit = _("Une visite assurée par %(provider)s, en %(month)s.") % {**self.names, "month": month}
        marks = [mark_words(mark.item, mark.value) for mark in self.followed.marks]
        about = [capital(kinds()[self.followed.kind])] if self.followed.kind not in VAGUE else []
        return (visit, *(f"{each}." for each in marks or about))

    def lines(self) -> tuple[Told, ...]:
        """Tell what happened, the newest first."""
        return tuple(self._line(line) for line in reversed(self.followed.lines))

    def _line(self, line: Line) -> Told:
        words = "" if line.kind == "wish_late" else shortened(line.text)
        return Told(capital(self.day(line.at)), self._sentence(line), words)

    def _sentence(self, line: Line) -> str:
        if line.kind == "wish_late":
            return _("Vous avez changé d’avis sur la suite.")
        author = self.platform if line.is_staff else self.followed.provider
        return line_words(line.kind) % {**self.names, "author": author}

    def pledges(self) -> tuple[Pledge, ...]:
        return tuple(
            Pledge(promised(each), self._state(each), each.state == "done") for each in self.followed.promises
        )

    def _state(self, promise: Promise) -> str:
        if promise.state == "done" and promise.done_at:
            return _("C’est fait, le %(day)s.") % {"day": self.day(promise.done_at)}
        if promise.state == "refused":
            why = shortened(promise.refused_why)
            return _("%(provider)s ne peut pas le faire : %(why)s") % {**self.names, "why": why}
        if promise.state == "broken" or promise.due_at < self.now:
            return _("C’était promis pour le %(day)s, et ce n’est pas fait.") % {
                "day": self.day(promise.due_at)
            }
        if promise.state == "confirmed":
            return _("%(provider)s le confirme pour le %(day)s.") % {
                **self.names,
                "day": self.day(promise.due_at),
            }
        return _("Promis pour le %(day)s.") % {"day": self.day(promise.due_at)}


def standing(followed: Followed) -> str:
    """Name where a complaint stands for its client."""
    if followed.state == "closed":
        ended = "settled" if followed.verdict == "settled" else "closed"
        return "withdrawn" if followed.is_withdrawn else ended
    if followed.is_serious:
        return "serious"
    if followed.state == "remedied":
        return "remedied"
    if followed.disclosure == "call_first":
        return "call_first"
    if followed.holder != "provider":
        return followed.holder
    return "acknowledged" if followed.state == "acknowledged" else "opened"


def shortened(text: str) -> str:
    """Cut a long text at a word.

    >>> shortened("a" * 500)[-3:], len(shortened("mot " * 200)) <= LONGEST_SHOWN
    ('aa…', True)
    """
    if len(text) <= LONGEST_SHOWN:
        return text
    return text[: LONGEST_SHOWN - 1].rsplit(" ", 1)[0] + "…"


def promised(promise: Promise) -> str:
    """Say what was promised, as its client would."""
    cents = promise.amount_cents or 0
    amount = number(cents / 100, 2 if cents % 100 else 0, languages.current())
    words = {
        "explain": _("Des explications et des excuses"),
        "call_back": _("Le responsable vous rappelle"),
        "replan": _("Une nouvelle visite"),
        "replace_worker": _("Une autre personne vient chez vous"),
        "refund": _("Un remboursement de %(amount)s €") % {"amount": amount},
        "mediation": _("L’aide d’un médiateur"),
    }.get(promise.remedy_code, _("Une solution"))
    return f"{words}. {shortened(promise.detail)}" if promise.detail else f"{words}."


def line_words(kind: str) -> str:
    """Say a line of the timeline to the client."""
    return {
        "opened": _("Votre demande est enregistrée."),
        "told": _("Vous nous avez dit :"),
        "wish_named": _("Vous acceptez que votre nom soit donné."),
        "wish_anonymous": _("Vous ne souhaitez pas que votre nom soit donné."),
        "wish_call_first": _("Vous souhaitez un appel d’abord."),
        "named": _("Vous acceptez que votre nom soit donné."),
        "anonymous": _("Vous ne souhaitez pas que votre nom soit donné."),
        "withdrawn": _("Vous ne souhaitez plus de suite."),
        "acknowledged": _("%(provider)s a bien reçu votre demande."),
        "countersigned": _("%(provider)s prend votre demande en charge."),
        "contested": _("%(provider)s raconte autrement ce qui s’est passé. %(platform)s va vérifier."),
        "remedied": _("%(author)s apporte une solution."),
        "settled": _("Vous dites que c’est réglé."),
        "reopened": _("Vous dites que ce n’est pas réglé."),
        "message": _("Vous avez écrit :"),
        "client_file": _("Vous avez envoyé un fichier :"),
        "note": _("%(author)s vous écrit :"),
        "consented": _("Vous acceptez que l’organisme qui finance votre aide lise votre dossier."),
        "not_consented": _(
            "Vous ne souhaitez pas que l’organisme qui finance votre aide lise votre dossier."
        ),
        "transmitted": _("%(platform)s a transmis votre dossier à l’organisme qui finance votre aide."),
        "call_wished": _("Vous demandez un appel :"),
        "ack_overdue": _("%(provider)s n’a pas répondu à temps. %(platform)s s’en occupe maintenant."),
        "solution_late": _("La solution n’est pas venue à temps. %(platform)s s’en occupe maintenant."),
        "to_funder": _(
            "Toujours pas de solution. L’organisme qui finance votre aide est prévenu, avec votre accord."
        ),
        "to_mediator": _("Toujours pas de solution. Un médiateur peut vous aider : appelez-nous."),
        "to_platform": _("Toujours pas de solution. La direction de %(platform)s s’en occupe maintenant."),
        "funder_late": _(
            "L’organisme qui finance votre aide n’a pas répondu. %(platform)s s’en occupe à nouveau."
        ),
        "funder_answered": _("L’organisme qui finance votre aide a répondu :"),
        "silence": _("Sans nouvelles de vous, %(platform)s a fermé le dossier."),
        "merged_in": _("Une autre de vos demandes est suivie ici aussi."),
    }.get(kind, _("%(author)s a avancé sur votre demande."))


def consent_lines(funders: Sequence[str]) -> str:
    """Name the funders of a visit in a sentence.

    >>> consent_lines(["Cnav", "Hérault"])
    'Cnav et Hérault'
    """
    return (
        _("{first} et {last}").format(first=", ".join(funders[:-1]), last=funders[-1])
        if funders[1:]
        else funders[0]
    )


def _opened(story: Story) -> tuple[Step, ...]:
    followed = story.followed
    return (
        _due(story, followed.acknowledge_due_at, _("%(provider)s confirme avoir reçu votre demande.")),
        *_later(story, followed.solution_due_at, _("%(provider)s propose une solution.")),
        _verdict_later(),
    )


def _acknowledged(story: Story) -> tuple[Step, ...]:
    return (
        _due(story, story.followed.solution_due_at, _("%(provider)s propose une solution.")),
        _verdict_later(),
    )


def _held(story: Story) -> tuple[Step, ...]:
    """Say what comes once another has the hand: nobody promises a day that passed."""
    if story.followed.solution_due_at < story.now:
        first = Step(
            _("Maintenant"), _("%(platform)s cherche une solution avec %(provider)s.") % story.names, True
        )
    else:
        first = _due(
            story, story.followed.solution_due_at, _("%(platform)s et %(provider)s proposent une solution.")
        )
    return first, _verdict_later()


def _due(story: Story, due_at: datetime, what: str) -> Step:
    """Say what is due, and honestly when it is late."""
    if due_at < story.now:
        late = _("C’était attendu le %(day)s. %(platform)s relance %(provider)s.")
        return Step(
            _("En retard"), f"{what % story.names} {late % {**story.names, 'day': story.day(due_at)}}", True
        )
    return Step(_("Au plus tard le %(day)s") % {"day": story.day(due_at)}, what % story.names, True)


def _later(story: Story, due_at: datetime, what: str) -> tuple[Step, ...]:
    if due_at < story.now:
        return ()
    return (Step(_("Au plus tard le %(day)s") % {"day": story.day(due_at)}, what % story.names),)


def _verdict_later() -> Step:
    return Step(_("Sept jours après la solution"), _("Nous vous demandons si c’est réglé."))


def _remedied(story: Story) -> tuple[Step, ...]:
    followed = story.followed
    now = Step(_("Maintenant"), _("Dites-nous si c’est réglé, quand vous voulez."), True)
    if followed.verdict_asked_at is not None:
        ends_at = followed.verdict_asked_at + CLOSES_AFTER
        last = _("Sans nouvelles de vous, nous fermons le dossier. Vous pourrez le rouvrir.")
        return now, Step(_("Le %(day)s") % {"day": story.day(ends_at)}, last)
    if followed.verdict_due_at is None or followed.verdict_due_at < story.now:
        return (now,)
    asked = Step(
        _("Le %(day)s") % {"day": story.day(followed.verdict_due_at)},
        _("Nous vous demandons si c’est réglé."),
    )
    return now, asked


def _call_first(story: Story) -> tuple[Step, ...]:
    return (
        Step(
            _("Maintenant"),
            _("%(platform)s vous appelle. Rien n’est dit à %(provider)s avant.") % story.names,
            True,
        ),
        Step(_("Ensuite"), _("Vous décidez de la suite, avec votre nom, sans votre nom, ou rien de plus.")),
    )


def _serious(story: Story) -> tuple[Step, ...]:
    return (
        Step(
            _("Maintenant"),
            _("Une personne responsable de %(platform)s suit votre demande.") % story.names,
            True,
        ),
    )


STEPS = {
    "opened": _opened,
    "acknowledged": _acknowledged,
    "platform": _held,
    "funder": _held,
    "mediator": _held,
    "remedied": _remedied,
    "call_first": _call_first,
    "serious": _serious,
}
