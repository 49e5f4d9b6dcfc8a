"""Who acts: a role in a platform, for an organisation where the role has one."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from quality.french import french


class Role(StrEnum):
    admin = "admin"
    platform = "platform"
    supervisor = "supervisor"
    agent = "agent"
    provider = "provider"
    funder = "funder"
    observer = "observer"


ROLE_LABELS = {
    Role.admin: french("Administration"),
    Role.platform: french("Plateforme"),
    Role.supervisor: french("Supervision des appels"),
    Role.agent: french("Appels"),
    Role.provider: french("Organisme"),
    Role.funder: french("Financeur"),
    Role.observer: french("Observateur"),
}
ALL_ROLES = frozenset(Role)
WITH_ORGANISATION = frozenset({Role.provider, Role.funder, Role.observer})
STAFF = frozenset({Role.platform, Role.supervisor, Role.agent})


@dataclass(frozen=True, slots=True)
class Actor:
    """The one on whose behalf rows are read and written; `role` is also `gate` or `operator`."""

    role: str
    platform: UUID | None = None
    organisation: UUID | None = None
    account: UUID | None = None
    membership: UUID | None = None
    session: UUID | None = None
    name: str = ""
    organisation_name: str = ""
    language: str = "fr"

    @property
    def role_label(self) -> str:
        return ROLE_LABELS[Role(self.role)]


GATE = Actor(role="gate")


def operator(platform: UUID | None = None) -> Actor:
    """Return somebody with a shell on the server: the command line."""
    return Actor(role="operator", platform=platform, name="Ligne de commande")
