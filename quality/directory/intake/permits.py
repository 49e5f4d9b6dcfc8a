"""Whether a provider had the right to do what a line says, where and when it says it; pure."""

from collections.abc import Sequence
from datetime import date

import msgspec

from quality.directory.geography import activity

# The rights of before 2011 (agrément simple, agrément qualité) stand for those that followed them.
SUFFICIENT = {
    "declaration": frozenset({"declaration", "agrement_simple"}),
    "agrement": frozenset({"agrement", "agrement_qualite"}),
    "autorisation": frozenset({"autorisation"}),
}


class Permit(msgspec.Struct, frozen=True):
    """One dated right; no activity or no département named means all of them."""

    kind: str
    valid_from: date
    valid_to: date | None = None
    activities: tuple[str, ...] = ()
    departements: tuple[str, ...] = ()

    def covers(self, code: str, departement: str, day: date) -> bool:
        return (
            self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
            and (not self.activities or code in self.activities)
            and (not self.departements or departement in self.departements)
        )


class Permits:
    """The rights of one provider; each question is answered once."""

    def __init__(self, permits: Sequence[Permit]) -> None:
        self._permits = permits
        self._answers: dict[tuple[str, str, str, date], bool] = {}

    def is_missing(self, code: str, mode: str, departement: str, day: date) -> bool:
        """Tell that no right covers this visit (decisions 13: the line is kept and « à vérifier »).

        >>> home_care = Permits([Permit("autorisation", date(2020, 1, 1), None, ("I-3",), ("34",))])
        >>> home_care.is_missing("I-3", "prestataire", "34", date(2026, 11, 20))
        False
        >>> home_care.is_missing("I-3", "mandataire", "34", date(2026, 11, 20))
        True
        """
        question = (code, mode, departement, day)
        answer = self._answers.get(question)
        if answer is None:
            kinds = SUFFICIENT[activity(code).regime_in(mode)]
            answer = not any(p.kind in kinds and p.covers(code, departement, day) for p in self._permits)
            self._answers[question] = answer
        return answer
