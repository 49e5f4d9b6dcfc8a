"""What the form of a simulation says: read, checked, and given back as it was written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

from quality.french import french
from quality.web import format as text
from quality.web import languages
from quality.web.languages import gettext as _
from surveys.channels import naming
from surveys.protocol.definition import Channel
from surveys.simulation.files import Arrival
from surveys.simulation.running import Assumed, Period
from surveys.simulation.screens import SimulationForm

DAYS = 28
LONGEST_DAYS = 366
MOST_CENTS = 100_000
LONGEST_VALUE = 80
ARRIVALS: Mapping[Arrival, str] = {
    Arrival.DAILY: french("Chaque visite arrive le lendemain matin"),
    Arrival.WEEKLY: french("Les visites arrivent le lundi suivant"),
    Arrival.NOW: french("Toutes arrivent maintenant"),
}


@dataclass
class Asking:
    """The form being read; `errors` gathers (field, message) pairs.

    `version` is the writing of the protocol that is simulated, `against` the other one that is proposed.
    """

    written: Mapping[str, str]
    observed: Mapping[Channel, float]
    today: date
    version: str
    against: str = ""
    errors: list[tuple[str, str]] = field(default_factory=list)

    @property
    def kept(self) -> dict[str, str]:
        """Give what is to be read again once its turn comes, and nothing else that was sent."""
        of_channels = {f"{name}-{c}" for name in ("reponses", "prix") for c in Channel}
        names = {"du", "au", "organisme", "comparer", "arrivee"} | of_channels
        sent = {name: value for name, value in self.written.items() if name in names}
        return {name: value.replace("\0", "")[:LONGEST_VALUE] for name, value in sent.items()} | {
            "version": self.version
        }

    @property
    def form(self) -> SimulationForm:
        """Give the form back as it was written, or with what is proposed."""
        return SimulationForm(
            first=self.written.get("du", (self.today - timedelta(days=DAYS)).isoformat()),
            last=self.written.get("au", (self.today - timedelta(days=1)).isoformat()),
            provider=self.written.get("organisme", ""),
            version=self.version,
            against=self.written.get("comparer", self.against),
            arrival=self.arrival,
            rates=tuple(
                (f"reponses-{c}", _(naming.ONE[c]), self._written_rate(c), self._hint(c)) for c in Channel
            ),
            prices=tuple((f"prix-{c}", _(naming.ONE[c]), self.written.get(f"prix-{c}", "")) for c in Channel),
        )

    @property
    def arrival(self) -> Arrival:
        written = self.written.get("arrivee", "")
        return Arrival(written) if written in set(Arrival) else Arrival.DAILY

    def _written_rate(self, channel: Channel) -> str:
        proposed = text.number(100 * self.observed.get(channel, 0.0), 0)
        return self.written.get(f"reponses-{channel}", proposed)

    def _hint(self, channel: Channel) -> str:
        if channel not in self.observed:
            return _("Trop peu d’envois pour l’observer sur la plateforme.")
        share = text.percent(100 * self.observed[channel], 0, languages.current())
        return _("Observé sur quatre-vingt-dix jours\u00a0: {share}.").format(share=share)

    def period(self, provider: UUID | None) -> Period:
        first, last = self._day("du"), self._day("au")
        if first and last and first > last:
            self.errors.append(("au", _("Choisissez un dernier jour après le premier.")))
        elif first and last and (last - first).days > LONGEST_DAYS:
            self.errors.append(("au", _("Choisissez une année au plus.")))
        return Period(first or self.today, last or self.today, provider)

    def _day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(self.written.get(name, ""))
        except ValueError:
            self.errors.append((name, _("Choisissez un jour.")))
            return None

    def assumed(self) -> Assumed:
        """Read the shares of answers and the prices; an empty price is not known."""
        rates = {c: self._number(f"reponses-{c}", 100) for c in Channel}
        prices = {c: self._number(f"prix-{c}", MOST_CENTS) for c in Channel}
        return Assumed(
            {channel: float(rate) / 100 for channel, rate in rates.items() if rate is not None},
            {channel: price for channel, price in prices.items() if price is not None},
        )

    def _number(self, name: str, most: int) -> Fraction | None:
        written = self.written.get(name, "").strip().replace(",", ".")
        if not written:
            return None
        try:
            number = Fraction(written) if "/" not in written and len(written) < 12 else Fraction(-1)
        except ValueError:
            number = Fraction(-1)
        if 0 <= number <= most:
            return number
        message = _("Écrivez un nombre entre 0 et {most}.").format(most=text.count(most, languages.current()))
        self.errors.append((name, message))
        return None
