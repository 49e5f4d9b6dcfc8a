"""The columns of a file of figures, for programs: Table Schema (Frictionless Data, version 1)."""

from dataclasses import dataclass

from quality.french import french
from quality.measures.catalogue import CATALOGUE
from quality.measures.disclosure.lattice import Scope
from quality.measures.disclosure.status import Status, Unit
from quality.measures.exports import COLUMNS
from quality.web.languages import gettext as _

KEY = ("indicator", "scope_type", "scope_code", "activity", "period", "release", "version", "convention")


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its type, what it means, and the words it may hold."""

    name: str
    type: str
    description: str
    enum: tuple[str, ...] = ()
    is_required: bool = True


FIELDS = (
    Field("indicator", "string", french("Code de l’indicateur"), tuple(CATALOGUE)),
    Field("scope_type", "string", french("Sorte de lieu"), tuple(Scope)),
    Field(
        "scope_code",
        "string",
        french("Code du lieu : financeur, région, département, ou organisme et département"),
    ),
    Field("activity", "string", french("Groupe d’activités ; vide : toutes"), is_required=False),
    Field("period", "string", french("Mois, trimestre ou année des visites")),
    Field(
        "n_clients",
        "integer",
        french("Clients, à 5 près, jamais sous 15 ; vide quand c’est caché"),
        is_required=False,
    ),
    Field(
        "value",
        "number",
        french("Résultat ; vide quand il est caché ou remplacé par une borne"),
        is_required=False,
    ),
    Field("ci_low", "number", french("Bas de l’intervalle à 95 %"), is_required=False),
    Field("ci_high", "number", french("Haut de l’intervalle à 95 %"), is_required=False),
    Field("unit", "string", french("Unité"), tuple(Unit)),
    Field(
        "status",
        "string",
        french(
            "A publié ; L fragile, moins de 30 clients ; C moins de 11 clients ; D caché pour en protéger un "
            "autre ; M aucune réponse ; P provisoire"
        ),
        tuple(Status),
    ),
    Field("release", "string", french("Identifiant de la publication")),
    Field("method", "string", french("Version de la méthode de publication")),
    Field(
        "version",
        "integer",
        french("Version de la définition de l’indicateur : une nouvelle version ouvre une nouvelle série"),
    ),
    Field(
        "convention",
        "string",
        french("Code de la convention ; vide : toutes les visites suivies"),
        is_required=False,
    ),
)
if tuple(field.name for field in FIELDS) != COLUMNS:
    raise AssertionError(COLUMNS)


def table_schema() -> dict[str, object]:
    """Give the schema of a file of figures, its words in the reader's language."""
    return {
        "fields": [_described(field) for field in FIELDS],
        "missingValues": [""],
        "primaryKey": list(KEY),
    }


def _described(field: Field) -> dict[str, object]:
    constraints: dict[str, object] = {"required": field.is_required}
    if field.enum:
        constraints["enum"] = list(field.enum)
    return {
        "name": field.name,
        "type": field.type,
        "description": _(field.description),
        "constraints": constraints,
    }
