"""A file of some two hundred visits over three weeks, across a change of quarter, that meets every rule."""

import csv
import io
from datetime import date, datetime, time, timedelta

FIRST_DAY = date(2026, 9, 14)
DAYS = 21
COUNT = 210
CLIENTS = 90
HEADINGS = (
    "reference", "client_reference", "client_name", "phone", "mobile", "email", "departement", "activity",
    "mode", "planned_start", "planned_end", "started_at", "ended_at", "worker_reference", "funders", "status",
    "status_reason", "incident", "client_status", "client_status_since", "contact", "relative_phone",
    "relative_email", "age_band",
)  # fmt: skip


def lines(*, changes: bool = True) -> list[dict[str, str]]:
    """Write visits: couples with one phone, landlines, relatives; with changes, hospital stays and deaths."""
    return [_line(number, changes) for number in range(COUNT)]


def with_another_way(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Give a landline to some who have a mobile only, an e-mail to others."""
    return [row | _other(int(row["client_reference"][2:])) for row in rows]


def _other(client: int) -> dict[str, str]:
    ways = {3: {"phone": f"04657199{client:02d}"}, 4: {"email": f"client{client}@exemple.fr"}}
    return ways.get(client % 10, {})


def with_new_numbers(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Correct or clear numbers and addresses of some by a visit to come, days after their first one."""
    found: list[dict[str, str]] = []
    known: set[str] = set()
    for row in rows:
        client = int(row["client_reference"][2:])
        if row["client_reference"] in known:
            found.append(row | _corrected(client))
        else:
            found += [row, _to_come(row, 1 + client % 3) | _corrected(client)]
            known.add(row["client_reference"])
    return found


def _to_come(row: dict[str, str], days: int) -> dict[str, str]:
    """Write another visit of a client, planned for some days later."""
    starts, ends = (
        datetime.strptime(row[name], "%d/%m/%Y %H:%M") + timedelta(days=days)  # noqa: DTZ007
        for name in ("planned_start", "planned_end")
    )
    planned = {"planned_start": f"{starts:%d/%m/%Y %H:%M}", "planned_end": f"{ends:%d/%m/%Y %H:%M}"}
    held = {"started_at": "", "ended_at": "", "status": "planned", "status_reason": "", "incident": "no"}
    return row | planned | held | {"reference": f"P-{row['reference']}"}


def _corrected(client: int) -> dict[str, str]:
    ways = {
        1: {"mobile": "-", "email": f"autre{client}@exemple.fr"},
        2: {"mobile": f"06399812{client:02d}"},
        3: {"mobile": "-", "phone": f"04657198{client:02d}"},
        4: {"mobile": "-"},
        6: {"email": f"autre{client}@exemple.fr"},
        7: {"phone": f"04657198{client:02d}"},
        8: {"relative_phone": f"06399813{client:02d}"},
    }
    return ways.get(client % 10, {})


def _line(number: int, changes: bool) -> dict[str, str]:
    client = number * 37 % CLIENTS
    day = FIRST_DAY + timedelta(days=number * DAYS // COUNT)
    started = datetime.combine(day, time(8 + number % 9, 15 * (number % 4)))
    ended = started + timedelta(minutes=60 + 15 * (number % 3))
    line = dict.fromkeys(HEADINGS, "") | {
        "reference": f"V-{number:04d}",
        "client_reference": f"C-{client:02d}",
        "client_name": f"Mme Martin {client}",
        "departement": "974" if client % 11 == 5 else "34",
        "activity": ("I-3", "II-1")[client % 2],
        "mode": "prestataire",
        "planned_start": f"{started:%d/%m/%Y %H:%M}",
        "planned_end": f"{ended:%d/%m/%Y %H:%M}",
        "worker_reference": f"W{client % 5 + (number % 9 == 0)}",
        "funders": ("D34", "CNAV", "")[client % 3],
        "status": "done",
        "incident": "yes" if number % 23 == 0 else "no",
        "age_band": ("85+", "75-84", "<60", "")[client % 4],
    }
    return line | _reach(client) | _held(number, line) | (_situation(client, day) if changes else {})


def _reach(client: int) -> dict[str, str]:
    """Couples share a mobile (0 and 1, 10 and 11…); one client in ten has nothing."""
    kind = client % 10
    if kind == 9:
        return {}
    if kind == 8:
        return {"relative_email": f"proche{client}@exemple.fr", "relative_phone": f"06399811{client:02d}"}
    if kind == 7:
        return {"phone": f"04657199{client:02d}"}
    if kind == 6:
        return {"email": f"client{client}@exemple.fr"}
    both = {"mobile": f"06399810{client - (kind == 1):02d}"}
    return both | ({"contact": "phone"} if kind == 5 else {})


def _held(number: int, line: dict[str, str]) -> dict[str, str]:
    if number % 19 == 4:
        return {"status": "not_done", "status_reason": "worker_absent"}
    if number % 29 == 6:
        return {"status": "cancelled"}
    return {"started_at": line["planned_start"], "ended_at": line["planned_end"]}


def _situation(client: int, day: date) -> dict[str, str]:
    week = (day - FIRST_DAY).days // 7
    if client % 20 == 2 and week >= 1:
        return {"client_status": "hospital", "client_status_since": f"{day:%d/%m/%Y}"}
    if client % 20 == 3 and week >= 1:
        return {"client_status": "deceased", "client_status_since": f"{day:%d/%m/%Y}"}
    return {"contact": "no"} if client % 20 == 4 and week >= 1 else {}


def written(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADINGS, delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
