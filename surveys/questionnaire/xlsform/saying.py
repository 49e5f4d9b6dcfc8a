"""What is said of a form that is read: where, what, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Said:
    """One remark; `message` is a French sentence, the key of its translation, with `values` to fill in.

    What `stops` must be mended before the form can be a questionnaire; the rest is lost, or only told.
    Row 0 is the sheet as a whole, and an empty sheet the workbook.
    """

    sheet: str
    row: int
    column: str
    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    stops: bool = False

    @property
    def words(self) -> str:
        """Say it in French.

        >>> Said("survey", 3, "name", "« {name} » est un doublon", {"name": "a"}).words
        '« a » est un doublon'
        """
        return self.message.format_map(self.values) if self.values else self.message
