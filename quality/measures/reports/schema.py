"""The columns of a file of figures, for programs: Table Schema (Frictionless Data, version 1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from quality.directory.geography import DEPARTEMENTS
from quality.french import french
from quality.measures.catalogue import CATALOGUE, of_providers
from quality.measures.disclosure.lattice import Scope
from quality.measures.disclosure.status import Status, Unit
from quality.measures.exports import COLUMNS, FACT_COLUMNS, TERRITORY_COLUMNS, WEIGHTED_COLUMNS
from quality.web.languages import gettext as _

FACT_KEY = ("indicator", "provider", "period", "release", "version", "convention")
KEY = ("indicator", "scope_type", "scope_code", "activity", "period", "release", "version", "convention")


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its type, what it means, and the words it may hold."""

    name: str
    type: str
    description: str
    enum: tuple[str, ...] = ()
    is_required: bool = True


INDICATOR = french("Code de l’indicateur")
PERIOD = french("Mois, trimestre ou année des visites")
UNIT = Field("unit", "string", french("Unité"), tuple(Unit))
RELEASE = Field("release", "string", french("Identifiant de la publication"))
METHOD = Field("method", "string", french("Version de la méthode de publication"))
VERSION = Field(
    "version",
    "integer",
    french("Version de la définition de l’indicateur : une nouvelle version ouvre une nouvelle série"),
)
CONVENTION = Field(
    "convention",
    "string",
    french("Code de la convention ; vide : toutes les visites suivies"),
    is_required=False,
)
FIELDS = (
    Field("indicator", "string", INDICATOR, tuple(CATALOGUE)),
    Field(
        "scope_type",
        "string",
        french("Sorte de lieu ; territory : une partie d’un département"),
        tuple(Scope),
    ),
    Field(
        "scope_code",
        "string",
        french(
            "Code du lieu : financeur, région, département, département et territoire (hors-territoire : "
            "ce qui n’est dans aucun), ou organisme et département"
        ),
    ),
    Field("activity", "string", french("Groupe d’activités ; vide : toutes"), is_required=False),
    Field("period", "string", PERIOD),
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
    UNIT,
    Field(
        "status",
        "string",
        french(
            "A publié ; L fragile, moins de 30 clients ; C moins de 11 clients ; D caché pour en protéger un "
            "autre ; M aucune réponse ; P provisoire"
        ),
        tuple(Status),
    ),
    RELEASE,
    METHOD,
    VERSION,
    CONVENTION,
)
FACT_FIELDS = (
    Field("indicator", "string", INDICATOR, tuple(of_providers())),
    Field("provider", "string", french("Code de l’organisme : son SIRET")),
    Field(
        "period",
        "string",
        french(
            "Mois, trimestre ou année : on compte au dernier jour, "
            "ou à celui de la convention si elle finit avant"
        ),
    ),
    Field("asked", "integer", french("Ce qui est demandé à l’organisme")),
    Field("held", "integer", french("Ce qui en est tenu")),
    Field("value", "integer", french("Part tenue, arrondie ; 100 seulement quand tout l’est")),
    UNIT,
    Field("is_whole", "boolean", french("Vrai quand tout ce qui est impératif est tenu")),
    RELEASE,
    METHOD,
    VERSION,
    CONVENTION,
)
WEIGHTED_KEY = ("indicator", "scope_type", "scope_code", "period", "release", "version")
BY_NAME = {field.name: field for field in FIELDS}
WEIGHTED_FIELDS = (
    *(BY_NAME[name] for name in ("indicator", "scope_type", "scope_code", "period")),
    Field(
        "value",
        "number",
        french("Total redressé : comme si ceux qui ont répondu ressemblaient à tous ceux qu’on a interrogés"),
    ),
    Field("ci_low", "number", french("Bas de l’intervalle à 95 %")),
    Field("ci_high", "number", french("Haut de l’intervalle à 95 %")),
    UNIT,
    Field(
        "margins",
        "string",
        french("Selon quoi c’est redressé : activity type d’activité, age tranche d’âge, funder financeur"),
    ),
    Field("trimmed", "integer", french("Part des clients dont le poids est limité, au plus, en %")),
    Field(
        "unreached",
        "integer",
        french("Part des clients interrogés pour qui personne n’a répondu dans leur groupe, en %"),
    ),
    RELEASE,
    METHOD,
    VERSION,
)
TERRITORY_KEY = ("scope_code",)
TERRITORY_FIELDS = (
    Field(
        "scope_code",
        "string",
        french("Code du territoire, comme dans les résultats ; hors-territoire : ce qui n’est dans aucun"),
    ),
    Field("name", "string", french("Nom du territoire, le jour où le fichier est pris")),
    Field("departement", "string", french("Code du département dont il est une partie"), tuple(DEPARTEMENTS)),
)
if tuple(field.name for field in TERRITORY_FIELDS) != TERRITORY_COLUMNS:
    raise AssertionError(TERRITORY_COLUMNS)
if tuple(field.name for field in WEIGHTED_FIELDS) != WEIGHTED_COLUMNS:
    raise AssertionError(WEIGHTED_COLUMNS)
if tuple(field.name for field in FIELDS) != COLUMNS:
    raise AssertionError(COLUMNS)
if tuple(field.name for field in FACT_FIELDS) != FACT_COLUMNS:
    raise AssertionError(FACT_COLUMNS)


def table_schema() -> dict[str, object]:
    """Give the schema of a file of figures, its words in the reader's language."""
    return _schema(FIELDS, KEY)


def facts_schema() -> dict[str, object]:
    """Give the schema of a file of what is counted of providers."""
    return _schema(FACT_FIELDS, FACT_KEY)


def weighted_schema() -> dict[str, object]:
    """Give the schema of a file of weighted totals."""
    return _schema(WEIGHTED_FIELDS, WEIGHTED_KEY)


def territories_schema() -> dict[str, object]:
    """Give the schema of a file of the names of territories."""
    return _schema(TERRITORY_FIELDS, TERRITORY_KEY)


def _schema(columns: Sequence[Field], key: Sequence[str]) -> dict[str, object]:
    return {
        "fields": [_described(field) for field in columns],
        "missingValues": [""],
        "primaryKey": list(key),
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
