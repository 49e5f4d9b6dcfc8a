"""A whole questionnaire printed for a visit, with the code its answers are typed under; or a blank one."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from quality import typesetting
from quality.web.square import square
from surveys.door.codes import in_quarters
from surveys.questionnaire.paper.form import Form

SOURCE = Path(__file__).with_name("form.typ")


@dataclass(frozen=True, slots=True)
class Way:
    """How a sheet comes back: its code in quarters, the address it opens, and that address as a square."""

    code: str = ""
    link: str = ""
    square: str = ""


NO_WAY = Way()


def way_of(base_url: str, code: str) -> Way:
    quarters = in_quarters(code)
    link = f"{base_url.rstrip('/')}/s/{quarters}"
    return Way(quarters, link.partition("://")[2], square(link))


def drawn(form: Form, way: Way = NO_WAY) -> bytes:
    """Draw the sheet; without a way back it is a specimen."""
    return typesetting.drawn(SOURCE, "form", {**msgspec.to_builtins(form), **msgspec.to_builtins(way)})
