"""A complaint that waits, said as the thing to do: a verb, for whom, until when (pure)."""

from dataclasses import dataclass
from datetime import datetime

from quality.complaints.words import due_words, heading, week_words
from quality.directory.geography import zone_of
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

Words = tuple[str, str]  # the title of a thing to do, then its sentence


@dataclass(frozen=True, slots=True)
class Pending:
    """A complaint that waits for somebody; `name` is None when its client does not wish to be named."""

    number: int
    kind: str
    state: str
    departement: str
    provider: str
    due_at: datetime
    name: str | None


def reply_words(each: Pending, now: datetime) -> Words:
    """Say to a provider what to do; without a name, until when only to the week."""
    who = each.name or _("une personne sans nom")
    act = _("Répondre à %(person)s") if each.state == "opened" else _("Trouver une solution avec %(person)s")
    if each.name is None and each.state != "opened":
        act = _("Trouver une solution pour %(person)s")
    due = (due_words if each.name else week_words)(each.due_at, now, zone_of(each.departement))
    return _until(act % {"person": who}, due), f"{heading(each.number, each.kind)}."


def chase_words(each: Pending, now: datetime) -> Words:
    """Say to the staff which provider is late, and for what."""
    act = _("Relancer %(provider)s") % {"provider": each.provider}
    awaited = _("Accusé de réception attendu") if each.state == "opened" else _("Solution attendue")
    due = due_words(each.due_at, now, zone_of(each.departement))
    about = heading(each.number, each.kind)
    about = f"{about}, {each.name}" if each.name else about
    return _until(act, due), f"{awaited}. {about}."


def others_words(count: int) -> str:
    return ngettext(
        "%(count)s autre réclamation attend", "%(count)s autres réclamations attendent", count
    ) % {"count": count}


def _until(act: str, due: str) -> str:
    return f"{act}, {due[:1].lower()}{due[1:]}"
