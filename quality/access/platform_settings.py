"""The settings of a platform, as its manager types them: used by every message and page."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date

from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    PhoneNumberType,
    format_number,
    is_valid_number,
    number_type,
    parse,
)

from quality.access import audit
from quality.access.accounts import EMAIL
from quality.access.actor import Actor
from quality.access.scope import scoped, visible, visible_one
from quality.directory.geography import DEPARTEMENTS
from quality.directory.intake.phones import read_phone
from quality.directory.intake.providers import SHORT_NAME_LENGTH, sms_name
from quality.directory.intake.refusals import ValueRefused
from quality.directory.models import Platform
from quality.errors import FieldError, Invalid
from quality.web import platform as cards
from quality.web.languages import gettext as _
from quality.web.languages import said

FRENCH_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
LONGEST_INTERVAL, LARGEST_TARGET = 90, 1000
MOST_LINES, MOST_CALLS = 500, 60


@dataclass(frozen=True, slots=True)
class PlatformSettings:
    """Named as the columns of the table; `closing_days` are ISO dates."""

    name: str
    sms_name: str
    phone: str
    hours: str
    closing_days: tuple[str, ...]
    departement: str
    sender_email: str
    data_contact: str
    mediator: str
    legal_notice: str
    interval_days: int
    stratum_target: int
    call_lines: int
    calls_per_hour: int


# The field of the form for each column.
FIELDS = {
    "name": "nom",
    "sms_name": "nom-sms",
    "phone": "telephone",
    "hours": "horaires",
    "closing_days": "fermetures",
    "departement": "departement",
    "sender_email": "expediteur",
    "data_contact": "donnees",
    "mediator": "mediateur",
    "legal_notice": "mentions",
    "interval_days": "intervalle",
    "stratum_target": "cible",
    "call_lines": "lignes",
    "calls_per_hour": "appels-heure",
}


def read(form: Mapping[str, str], *, allow_fiction: bool = False) -> PlatformSettings:
    """Return the settings of a form, or every reason why not."""
    readers = _readers(allow_fiction)
    found: dict[str, object] = {}
    errors = []
    for column, field in FIELDS.items():
        try:
            found[column] = readers[column](form.get(field, "").strip())
        except ValueRefused as refusal:
            errors.append(FieldError(field, said(refusal)))
    if errors:
        raise Invalid(errors=tuple(errors))
    return PlatformSettings(**found)  # type: ignore[arg-type]


def _readers(allow_fiction: bool) -> dict[str, Callable[[str], object]]:
    return {
        "name": _sentence(80, _("Écrivez le nom de la plateforme, en 80 caractères au plus."), needed=True),
        "sms_name": _sms_name,
        "phone": lambda text: free_phone(text, allow_fiction=allow_fiction),
        "hours": _sentence(300, _("Écrivez vos heures d’appel, en 300 caractères au plus."), needed=True),
        "closing_days": closing_days,
        "departement": _departement,
        "sender_email": _email,
        "data_contact": _sentence(254, _("Écrivez au plus 254 caractères.")),
        "mediator": _sentence(2000, _("Écrivez au plus 2000 caractères.")),
        "legal_notice": _text,
        "interval_days": _number(0, LONGEST_INTERVAL, _("Écrivez un nombre de jours, de 0 à 90.")),
        "stratum_target": _number(1, LARGEST_TARGET, _("Écrivez un nombre de clients, de 1 à 1000.")),
        "call_lines": _number(1, MOST_LINES, _("Écrivez un nombre de lignes, de 1 à 500.")),
        "calls_per_hour": _number(1, MOST_CALLS, _("Écrivez un nombre d’appels par heure, de 1 à 60.")),
    }


def _sentence(longest: int, message: str, *, needed: bool = False) -> Callable[[str], str]:
    def reader(text: str) -> str:
        words = " ".join(text.split())
        if len(words) > longest or (needed and not words):
            raise ValueRefused(message)
        return words

    return reader


def _text(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.splitlines()]
    kept = "\n".join(lines).strip()
    if len(kept) > 20_000:
        raise ValueRefused(_("Écrivez au plus 20000 caractères."))
    return kept


def _sms_name(text: str) -> str:
    name = sms_name(text)
    if not 1 <= len(name) <= SHORT_NAME_LENGTH:
        raise ValueRefused(_("Écrivez un nom de 1 à 17 caractères : il ouvre chaque SMS."))
    return name


def free_phone(text: str, *, allow_fiction: bool = False) -> str:
    """Return a number that costs the caller nothing more, in E.164: a landline, a mobile or a free number.

    >>> free_phone("04 67 12 34 56"), free_phone("0 800 12 34 56")
    ('+33467123456', '+33800123456')
    """
    try:
        number = parse(text, "FR")
        is_free = is_valid_number(number) and number_type(number) == PhoneNumberType.TOLL_FREE
    except NumberParseException:
        is_free = False
    return format_number(number, PhoneNumberFormat.E164) if is_free else read_phone(text, allow_fiction).e164


def closing_days(text: str) -> tuple[str, ...]:
    """Return the days when nobody answers, one a line, as ISO dates in order.

    >>> closing_days("24/12/2026\\n2026-05-15")
    ('2026-05-15', '2026-12-24')
    """
    return tuple(sorted({_day(line.strip()) for line in text.splitlines() if line.strip()}))


def _day(text: str) -> str:
    written = FRENCH_DATE.fullmatch(text)
    try:
        day = date(int(written[3]), int(written[2]), int(written[1])) if written else date.fromisoformat(text)
    except ValueError as error:
        raise ValueRefused(_("Écrivez un jour par ligne, par exemple 24/12/2026.")) from error
    return day.isoformat()


def _departement(text: str) -> str:
    if text and text not in DEPARTEMENTS:
        raise ValueRefused(_("Choisissez un département dans la liste."))
    return text


def _email(text: str) -> str:
    if text and not EMAIL.fullmatch(text):
        raise ValueRefused(_("Écrivez une adresse e-mail, par exemple nom@exemple.fr."))
    return text


def _number(lowest: int, highest: int, message: str) -> Callable[[str], int]:
    def reader(text: str) -> int:
        if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
            raise ValueRefused(message)
        return int(text)

    return reader


async def stored(actor: Actor) -> PlatformSettings:
    """Return the settings of the actor's platform."""
    async with scoped(actor):
        row = await visible_one(actor, Platform, id=actor.platform)
    values = {column: getattr(row, column) for column in FIELDS}
    return replace(PlatformSettings(**values), closing_days=tuple(row.closing_days))


async def change(actor: Actor, wanted: PlatformSettings) -> None:
    """Keep the settings, and write down which ones changed."""
    before = asdict(await stored(actor))
    changed = {column: value for column, value in asdict(wanted).items() if value != before[column]}
    if not changed:
        return
    async with scoped(actor) as db:
        await (
            visible(actor, Platform)
            .filter(id=actor.platform)
            .update(
                **{
                    column: list(value) if isinstance(value, tuple) else value
                    for column, value in changed.items()
                }
            )
        )
        await audit.record(db, actor, "platform.change", str(actor.platform), {"fields": sorted(changed)})
    cards.forget()
