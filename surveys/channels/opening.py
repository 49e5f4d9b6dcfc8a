"""What a driver is opened with: the carrier's address, its channel, and where the memory carrier writes."""

from dataclasses import dataclass
from math import inf
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from quality.errors import Refused
from surveys.channels.message import Write


class DriverRefused(Refused):
    title = "L’adresse de ce canal n’est pas utilisable"


@dataclass(frozen=True, slots=True, repr=False)
class Opening:
    """One carrier's address, such as `kannel://user:password@host:13013/?from=38000`; it is never printed."""

    url: str
    channel: str = ""
    write: Write | None = None

    @property
    def scheme(self) -> str:
        return self._parts.scheme

    @property
    def host(self) -> str:
        """Return the host as an address writes it.

        >>> Opening("kannel://u:p@[::1]:13013").host
        '[::1]'
        """
        host = self._parts.hostname or ""
        return f"[{host}]" if ":" in host else host

    @property
    def port(self) -> int | None:
        try:
            return self._parts.port
        except ValueError as error:
            raise DriverRefused(
                "Le port de l’adresse du canal {scheme} n’est pas un nombre.", scheme=self.scheme
            ) from error

    @property
    def user(self) -> str:
        return unquote(self._parts.username or "")

    @property
    def password(self) -> str:
        return unquote(self._parts.password or "")

    def option(self, name: str, default: str = "") -> str:
        """Return one option of the query.

        >>> Opening("kannel://h/?from=38000").option("from")
        '38000'
        """
        return parse_qs(self._parts.query).get(name, [default])[0]

    def number(self, name: str, default: float) -> float:
        """Return a positive option of the query.

        >>> Opening("kannel://h/?rate=80").number("rate", 30.0), Opening("kannel://h/").number("rate", 30.0)
        (80.0, 30.0)
        """
        try:
            value = float(self.option(name) or default)
        except ValueError:
            value = 0.0
        if not 0 < value < inf:
            raise DriverRefused(
                "L’option « {name} » de l’adresse du canal {scheme} n’est pas un nombre positif.",
                name=name,
                scheme=self.scheme,
            )
        return value

    @property
    def _parts(self) -> SplitResult:
        return urlsplit(self.url)
