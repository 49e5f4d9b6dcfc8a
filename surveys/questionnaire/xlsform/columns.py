"""The columns of an XLSForm: those of the standard, and ours, `sq_…`, which other tools leave aside."""

from collections.abc import Iterator
from itertools import product

from surveys.questionnaire.definition import ChannelWords, Language, PerChannel, Variant, Variants

PREFIX = "sq_"
Path = tuple[str, ...]

# As XLSForm names a language: its own name, then its code.
LANGUAGE_HEADERS: dict[Language, str] = {
    "fr": "Français (fr)",
    "en": "English (en)",
    "es": "Español (es)",
    "pt": "Português (pt)",
    "it": "Italiano (it)",
    "de": "Deutsch (de)",
    "ar": "العربية (ar)",
}
TRUE = "yes"
TYPE, NAME, LIST = "type", "name", "list_name"
LABEL, HINT, GUIDANCE = "label", "hint", "guidance_hint"
REQUIRED, RELEVANT, CONSTRAINT, MESSAGE = "required", "relevant", "constraint", "constraint_message"
KIND, FACT, CHANNELS, MEASURES = "sq_kind", "sq_fact", "sq_channels", "sq_measures"
OWN_RELEVANT, OWN_CONSTRAINT, STANDARD = "sq_relevant", "sq_constraint", "sq_standard"
# A flag of a question is a column of the same name.
FLAGS = ("signal", "callback")
OUTSIDE_FLAGS = ("dont_know", "not_applicable")


def _own_paths() -> Iterator[Path]:
    yield from (("say",), ("probe",), ("agent",))
    yield from (("words", *each) for each in _channel_paths())
    for who in Variants.__struct_fields__:
        said = [name for name in Variant.__struct_fields__ if name != "words"]
        yield from (("variants", who, name) for name in said)
        yield from (("variants", who, "words", *each) for each in _channel_paths())


def _channel_paths() -> Iterator[Path]:
    yield from product(PerChannel.__struct_fields__, ChannelWords.__struct_fields__)


def _column(path: Path) -> str:
    return PREFIX + "_".join(step for step in path if step not in {"words", "variants"})


# The texts of a question: where each stands in a definition, by column.
OWN_TEXTS: dict[str, Path] = {_column(path): path for path in _own_paths()}
TEXTS: dict[str, Path] = {LABEL: ("label",), HINT: ("hint",), MESSAGE: ("constraint_message",)} | OWN_TEXTS
GUIDING = ("sq_say", "sq_probe", "sq_agent")


def in_language(column: str, language: Language) -> str:
    """Name the column that holds a text in one language.

    >>> in_language("label", "fr"), in_language("sq_relative_sms_label", "en")
    ('label::Français (fr)', 'sq_relative_sms_label::English (en)')
    """
    return f"{column}::{LANGUAGE_HEADERS[language]}"
