"""What a component shows on the first page of the demonstration."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message on the telephone of the first page."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Scene:
    """Doors of clients, by their reference in the story, and what Mme Martin's telephone shows."""

    links: Mapping[str, str] = field(default_factory=dict)
    talk: tuple[Bubble, ...] = ()
