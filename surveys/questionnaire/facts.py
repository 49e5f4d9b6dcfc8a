"""What a question may say or ask of the visit."""

from dataclasses import dataclass
from datetime import date

from quality.french import d_
from surveys.questionnaire.days import day_words
from surveys.questionnaire.definition import Words

# The names by which expressions call them; an alias cannot take one.
NAMES = frozenset({"visit_date", "today", "mode", "activity", "provider", "audience", "departement"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One visit as the questions know it; `today` is unknown where only what is stored may decide.

    `audience` is client or relative: whoever answers for the client is asked in the words for relatives.
    """

    organisation: str
    day: date
    activity: str = ""
    activity_words: Words | None = None
    mode: str = "prestataire"
    audience: str = "client"
    departement: str = ""
    today: date | None = None

    def piped(self, language: str) -> dict[str, str]:
        """Give what texts name between braces."""
        return {
            "organisme": self.organisation,
            "d_organisme": d_(self.organisation),
            "jour": day_words(self.day, language),
            "activite": self.activity_words.of(language) if self.activity_words else "",
        }

    def values(self) -> dict[str, str | date]:
        """Give what expressions name; `today` only where it is known."""
        known: dict[str, str | date] = {
            "visit_date": self.day,
            "mode": self.mode,
            "activity": self.activity,
            "provider": self.organisation,
            "audience": self.audience,
            "departement": self.departement,
        }
        return {**known, "today": self.today} if self.today else known
