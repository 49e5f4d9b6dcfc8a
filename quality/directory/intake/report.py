"""What became of the lines of a file: counts, and the first errors, each located."""

from collections.abc import Sequence

import msgspec

from quality.directory.intake.refusals import LineError

ERRORS_KEPT = 1_000


class Report(msgspec.Struct):
    """The counts of one file; `unauthorised` lines are kept, and among the others."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    unauthorised: int = 0
    errors: list[LineError] = []

    @property
    def kept(self) -> int:
        return self.created + self.updated + self.unchanged

    def refuse(self, errors: Sequence[LineError]) -> None:
        """Count one refused line and keep its errors while there is room."""
        self.refused += 1
        room = ERRORS_KEPT - len(self.errors)
        self.errors.extend(storable(error) for error in errors[:room])

    def counts(self) -> dict[str, int]:
        """Return the counts without the errors."""
        names = ("read", "created", "updated", "unchanged", "refused", "unauthorised")
        return {name: getattr(self, name) for name in names}

    def told(self) -> dict[str, object]:
        """Return what `--json` prints and what the API answers."""
        names = ("read", "created", "updated", "unchanged", "refused", "errors")
        return {name: getattr(self, name) for name in names}


def storable(error: LineError) -> LineError:
    """Replace the one character that PostgreSQL cannot store.

    >>> storable(LineError(1, "reference", "V\\x00", "Retirez-le.")).value
    'V\ufffd'
    """
    if "\0" not in error.value + error.message:
        return error
    value, message = (text.replace("\0", "\ufffd") for text in (error.value, error.message))
    return msgspec.structs.replace(error, value=value, message=message)
