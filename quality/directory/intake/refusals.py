"""What the intake refuses: a whole file, one line of it, or one value."""

from msgspec import Struct

from quality.errors import Refused
from quality.french import french

SHOWN_LENGTH = 120


class FileRefused(Refused):
    """The whole file is refused: nothing in it can be trusted to be where it should."""

    title = french("Le fichier ne peut pas être lu")


class ValueRefused(Refused):
    """One value is refused; the message says what to do."""

    title = french("Cette valeur ne peut pas être lue")


class LineError(Struct, frozen=True):
    """One reason why a line is refused; `column` is the canonical name, empty when it is the whole line."""

    line: int
    column: str
    value: str
    message: str


def line_error(line: int, column: str, value: str, message: str) -> LineError:
    """Locate a refusal, with a value short enough to be shown."""
    shown = value if len(value) <= SHOWN_LENGTH else value[:SHOWN_LENGTH] + "…"
    return LineError(line, column, shown, message)
