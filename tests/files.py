"""Files as providers send them, the same at each call: visits with known faults, and their mending."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

HEADINGS = {
    "reference": "Référence",
    "client_reference": "Référence client",
    "client_name": "Nom du client",
    "phone": "Téléphone",
    "mobile": "Mobile",
    "email": "Courriel",
    "postcode": "Code postal",
    "commune": "Commune",
    "age_band": "Tranche d’âge",
    "activity": "Activité",
    "mode": "Mode",
    "hours_notified": "Heures notifiées",
    "planned_start": "Début prévu",
    "planned_end": "Fin prévue",
    "started_at": "Début réel",
    "ended_at": "Fin réelle",
    "worker_reference": "Référence intervenant",
    "funders": "Financeurs",
    "status": "Statut",
    "incident": "Incident",
    "comment": "Commentaire",
}
LAST_DAY = date(2026, 11, 20)
DAYS = 20
FAMILY_NAMES = (
    "Martin",
    "Lefèvre",
    "Noël",
    "D’Almeida",
    "Benoît",
    "Nguyen",
    "Cœur",
    "François",
    "Diallo",
    "Hervé",
)
PLACES = (
    ("34970", "Lattes"),
    ("34000", "Montpellier"),
    ("34500", "Béziers"),
    ("30000", "Nîmes"),
    ("97410", "Saint-Pierre"),
)
ACTIVITIES = ("I-3", "II-1", "II-7", "II-14")

# Ten ways a line goes wrong: the column that is to blame, and how the cell gets there.
FAULTS: tuple[tuple[str, Callable[[dict[str, str]], str]], ...] = (
    ("mobile", lambda visit: visit["mobile"][:-6]),
    ("ended_at", lambda visit: visit["started_at"][:11] + "06:15"),
    ("activity", lambda visit: "MENAGE"),
    ("started_at", lambda visit: "31/11/2026 14:00"),
    ("status", lambda visit: "fait"),
    ("mode", lambda visit: "domicile"),
    ("funders", lambda visit: "D34|D999"),
    ("email", lambda visit: "martin@"),
    ("postcode", lambda visit: "3497"),
    ("client_reference", lambda visit: ""),
)


@dataclass(frozen=True)
class VisitsFile:
    """A cp1252 file with French headings, where its faults are, and what each line should have been."""

    content: bytes
    errors: tuple[tuple[int, str], ...]
    right: dict[str, tuple[str, ...]]

    def mended(self, rejects: bytes) -> bytes:
        """Mend a rejects file as a person would: each cell right, the « erreur » column left where it is."""
        headings, *lines = csv.reader(io.StringIO(rejects.decode("cp1252"), newline=""), delimiter=";")
        return _written([headings, *([*self.right[line[0]], line[-1]] for line in lines)])


def visits_file(lines: int = 5_000, bad: int = 37, last_day: date = LAST_DAY) -> VisitsFile:
    """Write visits of the twenty days up to `last_day`, `bad` of them wrong in ten ways, evenly spread."""
    faulty = {(at * lines) // bad + min(3, lines // bad - 1): at for at in range(bad)} if bad else {}
    table: list[Sequence[str]] = [tuple(HEADINGS.values())]
    errors: list[tuple[int, str]] = []
    right: dict[str, tuple[str, ...]] = {}
    line = 2
    for number in range(lines):
        visit = _visit(number, last_day)
        right[visit["reference"]] = tuple(visit.values())
        if number in faulty:
            column, spoil = FAULTS[faulty[number] % len(FAULTS)]
            visit[column] = spoil(visit)
            errors.append((line, column))
        table.append(tuple(visit.values()))
        line += 1 + visit["comment"].count("\n")
    return VisitsFile(_written(table), tuple(errors), right)


def _visit(number: int, last_day: date) -> dict[str, str]:
    client = number % 1_700
    postcode, commune = PLACES[client % len(PLACES)]
    day = last_day - timedelta(days=number % DAYS)
    planned = datetime.combine(day, time(8 + number % 9, 15 * (number % 4)))
    began, minutes = planned + timedelta(minutes=number % 7), 60 + 15 * (number % 5)
    mobile = f"063998{client:04d}"
    return {
        "reference": f"V-{number:06d}",
        "client_reference": f"C-{client:05d}",
        "client_name": f"Mme {FAMILY_NAMES[client % len(FAMILY_NAMES)]} {client}",
        "phone": f"046571{client:04d}" if client % 3 else "",
        "mobile": " ".join(mobile[at : at + 2] for at in range(0, 10, 2)) if client % 10 else mobile,
        "email": f"client{client}@exemple.fr" if client % 2 else "",
        "postcode": postcode,
        "commune": commune,
        "age_band": ("60-74", "75-84", "85+")[client % 3],
        "activity": ACTIVITIES[client % len(ACTIVITIES)],
        "mode": "Prestataire",
        "hours_notified": f"{20 + client % 30},5",
        "planned_start": f"{planned:%d/%m/%Y %H:%M}",
        "planned_end": f"{planned + timedelta(minutes=minutes):%d/%m/%Y %H:%M}",
        "started_at": f"{began:%d/%m/%Y %H:%M}",
        "ended_at": f"{began + timedelta(minutes=minutes):%d/%m/%Y %H:%M}",
        "worker_reference": f"S-{number % 90:03d}",
        "funders": ("D34", "CNAV", "D34|CNAV", "")[client % 4],
        "status": "Effectuée",
        "incident": "oui" if number % 200 == 0 else "non",
        "comment": "Porte bleue ;\nsonner deux fois" if number % 1_000 == 1 else "",
    }


def _written(table: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(table)
    return text.getvalue().encode("cp1252")
