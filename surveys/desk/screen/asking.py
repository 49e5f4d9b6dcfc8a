"""What the address of a call chooses: the question, who answers, the panel that is open."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asking:
    """What the address chooses: the question, who answers, the panel that is open and what it is about.

    `relation` is what whoever answers for the person said they are to them; empty where nobody did.
    """

    number: int | None = None
    respondent: str = ""
    relation: str = ""
    panel: str = ""
    complaint: int | None = None
    promise: str = ""
    keys: bool = True

    def query(self, **changed: object) -> str:
        """Write the choices of the address, some of them changed."""
        chosen = {
            "q": self.number,
            "repondant": self.respondent,
            "lien": self.relation,
            "panneau": self.panel,
            "numero": self.complaint,
            "promesse": self.promise,
            **changed,
        }
        return "&".join(f"{name}={value}" for name, value in chosen.items() if value)

    def href(self, case: object, **changed: object) -> str:
        """Write the address of the call with some choices changed."""
        query = self.query(**changed)
        return f"/appels/{case}?{query}" if query else f"/appels/{case}"
