"""From the raw cells of a line to an intervention, or to every reason why it is refused."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from quality.directory.geography import ACTIVITIES, departement_of_postcode, zone_of
from quality.directory.intake.columns import INTERVENTIONS
from quality.directory.intake.instants import local_time, read_day, read_instant, second_reading
from quality.directory.intake.line import CLEAR, Line
from quality.directory.intake.phones import Phone, read_mobile, read_phone
from quality.directory.intake.reading import Row
from quality.directory.intake.refusals import LineError, ValueRefused, line_error
from quality.directory.intake.values import (
    funders_of,
    read_activity,
    read_departement,
    read_email,
    read_hours,
    read_name,
    read_postcode,
    read_reference,
)
from quality.directory.intake.vocabulary import (
    read_age_band,
    read_client_status,
    read_contact,
    read_language,
    read_mode,
    read_status,
    read_status_reason,
    read_yes_no,
)

# Months this far apart are typing mistakes, and each would ask the database for a partition of its own.
OLDEST = timedelta(days=3 * 366)
FURTHEST = timedelta(days=2 * 366)
CLOCK_TOLERANCE = timedelta(days=1)
PARIS = ZoneInfo("Europe/Paris")
INSTANTS = ("planned_start", "planned_end", "started_at", "ended_at")
SPANS = (("planned_start", "planned_end"), ("started_at", "ended_at"))
NEVER_CLEARED = frozenset({*INTERVENTIONS.required, "departement", "status", "client_status"})

Found = dict[str, Any]
Reader = Callable[[str], object]


class Checker:
    """Check the lines of one file against the funders of its platform, at one instant."""

    def __init__(self, now: datetime, known_funders: Mapping[str, UUID], allow_fiction: bool = False) -> None:
        self._now = now
        self._readers = tuple(_readers(known_funders, allow_fiction).items())

    def check(self, row: Row) -> Line | list[LineError]:
        """Return the intervention that a row holds, or every reason why it is refused."""
        if row.errors:
            return list(row.errors)
        errors: list[LineError] = []
        found = self._cells(row, errors)
        zone = _place(row, found, errors)
        _instants(row, found, zone, errors)
        if not _is_complete(found):
            _missing(row, found, errors)
        self._dates(row, found, zone, errors)
        _agreement(row, found, errors)
        return errors or Line(line=row.line, **_flat(found))

    def _cells(self, row: Row, errors: list[LineError]) -> Found:
        found: Found = {}
        values = row.values
        for column, read in self._readers:
            text = values.get(column)
            if not text or not (text := text.strip()):
                continue
            try:
                found[column] = read(text) if text != "-" else _clear(column)
            except ValueRefused as refusal:
                errors.append(line_error(row.line, column, text, str(refusal)))
        return found

    def _dates(self, row: Row, found: Found, zone: ZoneInfo, errors: list[LineError]) -> None:
        for column in INSTANTS:
            instant = found.get(column)
            if isinstance(instant, datetime) and (message := self._unlikely(instant)):
                errors.append(_error(row, column, message))
        since = found.get("client_status_since")
        if isinstance(since, date) and since > (self._now + CLOCK_TOLERANCE).date():
            errors.append(_error(row, "client_status_since", "Cette date est dans le futur. Corrigez-la."))
        for start, end in SPANS:
            _order(row, found, zone, (start, end), errors)
        self._happened(row, found, errors)

    def _unlikely(self, instant: datetime) -> str | None:
        if instant < self._now - OLDEST:
            return "Cette date a plus de trois ans. Vérifiez l’année."
        if instant > self._now + FURTHEST:
            return "Cette date est dans plus de deux ans. Vérifiez l’année."
        return None

    def _happened(self, row: Row, found: Found, errors: list[LineError]) -> None:
        """Refuse a visit said to be done that has not begun; a day of tolerance covers clocks and zones."""
        if found.get("status", "done") != "done":
            return
        for column in ("started_at", "ended_at"):
            instant = found.get(column)
            if isinstance(instant, datetime) and instant > self._now + CLOCK_TOLERANCE:
                message = "Cette visite n’a pas encore eu lieu. Corrigez la date ou le statut."
                errors.append(_error(row, column, message))
                return


def _readers(known_funders: Mapping[str, UUID], allow_fiction: bool) -> dict[str, Reader]:
    def phone(text: str) -> Phone:
        return read_phone(text, allow_fiction)

    def mobile(text: str) -> Phone:
        return read_mobile(text, allow_fiction)

    return {
        "reference": read_reference,
        "client_reference": read_reference,
        "client_name": read_name,
        "client_first_name": read_name,
        "phone": phone,
        "mobile": mobile,
        "email": read_email,
        "language": read_language,
        "postcode": read_postcode,
        "departement": read_departement,
        "commune": read_reference,
        "age_band": read_age_band,
        "activity": read_activity,
        "mode": read_mode,
        "plan_reference": read_reference,
        "hours_notified": read_hours,
        "referral_reference": read_reference,
        "worker_reference": read_reference,
        "funders": funders_of(known_funders),
        "status": read_status,
        "status_reason": read_status_reason,
        "incident": read_yes_no,
        "client_status": read_client_status,
        "client_status_since": read_day,
        "contact": read_contact,
        "relative_name": read_name,
        "relative_phone": phone,
        "relative_email": read_email,
    }


def _clear(column: str) -> object:
    if column in NEVER_CLEARED:
        message = "Cette valeur ne s’efface pas. Donnez-la, ou laissez la case vide si elle est facultative."
        raise ValueRefused(message)
    return CLEAR


def _error(row: Row, column: str, message: str) -> LineError:
    return line_error(row.line, column, row.values.get(column, "").strip(), message)


def _place(row: Row, found: Found, errors: list[LineError]) -> ZoneInfo:
    """Complete the département from the postcode, and return the zone of time of the place."""
    postcode, departement = found.get("postcode"), found.get("departement")
    if not isinstance(postcode, str):
        return zone_of(departement) if departement else PARIS
    implied = departement_of_postcode(postcode)
    if implied is None or departement not in {None, implied}:
        message = (
            f"Le code postal {postcode} est celui du département {implied}. "
            "Corrigez l’un des deux, ou ne gardez que le département."
        )
        errors.append(_error(row, "departement", message))
        return PARIS
    found["departement"] = implied
    return zone_of(implied)


def _instants(row: Row, found: Found, zone: ZoneInfo, errors: list[LineError]) -> None:
    for column in INSTANTS:
        text = row.values.get(column)
        if not text or not (text := text.strip()):
            continue
        try:
            found[column] = read_instant(text, zone) if text != "-" else CLEAR
        except ValueRefused as refusal:
            errors.append(line_error(row.line, column, text, str(refusal)))


def _is_complete(found: Found) -> bool:
    has_instant = isinstance(found.get("started_at"), datetime) or isinstance(
        found.get("planned_start"), datetime
    )
    return (
        has_instant and "departement" in found and all(column in found for column in INTERVENTIONS.required)
    )


def _missing(row: Row, found: Found, errors: list[LineError]) -> None:
    """Name what is required and was left empty; a value already refused is not missing."""
    refused = {error.column for error in errors}
    for column in INTERVENTIONS.required:
        if column not in found and column not in refused:
            heading = INTERVENTIONS.headings[column]
            errors.append(_error(row, column, f"Case vide. « {heading} » est obligatoire."))
    if "departement" not in found and not refused & {"postcode", "departement"}:
        column = "postcode" if "postcode" in row.values else "departement"
        errors.append(_error(row, column, "Case vide. Donnez le code postal ou le département."))
    starts = ("started_at", "planned_start")
    if not any(isinstance(found.get(column), datetime) or column in refused for column in starts):
        column = "started_at" if "started_at" in row.values else "planned_start"
        errors.append(_error(row, column, "Case vide. Donnez le début réel ou le début prévu."))


def _order(row: Row, found: Found, zone: ZoneInfo, span: tuple[str, str], errors: list[LineError]) -> None:
    start, end = found.get(span[0]), found.get(span[1])
    if not isinstance(start, datetime) or not isinstance(end, datetime) or start <= end:
        return
    later = second_reading(row.values[span[1]].strip(), zone)
    if later >= start:
        found[span[1]] = later
        return
    message = (
        f"La fin précède le début ({local_time(start, zone, beside=end)}). Corrigez une des deux heures."
    )
    errors.append(_error(row, span[1], message))


def _agreement(row: Row, found: Found, errors: list[LineError]) -> None:
    """Refuse a mode in which the activity may not be done (Code du travail, D7231-1)."""
    activity, mode = found.get("activity"), found.get("mode")
    if activity and mode and mode not in ACTIVITIES[activity].modes:
        allowed = ", ".join(ACTIVITIES[activity].modes)
        message = f"L’activité {activity} ne se fait pas dans ce mode. Modes possibles : {allowed}."
        errors.append(_error(row, "mode", message))


def _flat(found: Found) -> Found:
    """Join the two halves of a name and put numbers in their place."""
    first = found.pop("client_first_name", None)
    name = found.get("client_name")
    if isinstance(first, str) and isinstance(name, str):
        found["client_name"] = f"{first} {name}"
    relative = found.get("relative_phone")
    if isinstance(relative, Phone):
        found["relative_phone"], found["relative_phone_is_mobile"] = relative
    phone = found.get("phone")
    if isinstance(phone, Phone):
        found["phone"] = phone.e164
        # Many exports have one telephone column: a mobile in it is still a mobile.
        if phone.is_mobile:
            found.setdefault("mobile", phone)
    mobile = found.get("mobile")
    if isinstance(mobile, Phone):
        found["mobile"] = mobile.e164
    return found
