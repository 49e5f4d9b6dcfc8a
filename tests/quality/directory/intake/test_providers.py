"""The providers' file."""

import pytest

from quality.directory.intake.columns import PROVIDERS
from quality.directory.intake.providers import ProviderLine, check_provider
from quality.directory.intake.reading import Row, open_table
from quality.directory.intake.refusals import FileRefused, LineError
from tests.quality.directory.intake.samples import text_file

AIDE_34 = {
    "siret": "732 829 320 00074",
    "name": "Aide 34",
    "short_name": "",
    "legal_form": "Association",
    "departement": "34",
    "email": "Accueil@Aide34.example",
    "activities": "II-1 | I-3 | II-1",
}


def check(**cells: str) -> ProviderLine | list[LineError]:
    return check_provider(Row(2, AIDE_34 | cells))


def test_a_provider_is_understood() -> None:
    assert check() == ProviderLine(
        line=2,
        siret="73282932000074",
        name="Aide 34",
        short_name="Aide 34",
        legal_form="association",
        departement="34",
        email="accueil@aide34.example",
        activities=("I-3", "II-1"),
    )


def test_a_short_name_is_written_as_an_sms_can() -> None:
    line = check(short_name="L’Œuvre aînée")
    assert isinstance(line, ProviderLine)
    assert line.short_name == "L'OEuvre ainée"


def test_only_a_private_employer_has_no_siret() -> None:
    line = check(siret="", legal_form="particulier employeur")
    assert isinstance(line, ProviderLine)
    assert (line.siret, line.legal_form) == (None, "particulier_employeur")


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        ({"siret": ""}, "siret", "Case vide. « SIRET » est obligatoire."),
        ({"siret": "73282932000075"}, "siret", "SIRET invalide. Vérifiez chacun de ses quatorze chiffres."),
        ({"siret": "123"}, "siret", "Un SIRET compte quatorze chiffres. Corrigez-le."),
        ({"legal_form": ""}, "legal_form", "Case vide. « Forme juridique » est obligatoire."),
        (
            {"short_name": "Aide à domicile 34"},
            "short_name",
            "Nom court trop long : 18 caractères. Gardez-en 17 au plus.",
        ),
        ({"short_name": "Aide ☀"}, "short_name", "Un SMS ne peut pas écrire ☀. Retirez-le du nom court."),
        (
            {"name": "Aide et accompagnement à domicile"},
            "short_name",
            "Case vide. Donnez un nom court de 17 caractères au plus, pour les SMS.",
        ),
        (
            {"departement": "Hérault"},
            "departement",
            "Département inconnu. Écrivez son code, par exemple 34, 2A ou 974.",
        ),
        ({"email": "x"}, "email", "Adresse incomplète. Elle s’écrit nom@domaine.fr."),
        ({"activities": "II-1|II-99"}, "activities", "Activité inconnue. Code le plus proche : II-9."),
    ],
)
def test_a_bad_cell_is_located(cells: dict[str, str], column: str, message: str) -> None:
    errors = check(**cells)
    assert isinstance(errors, list)
    assert [(error.line, error.column, error.message) for error in errors] == [(2, column, message)]


def test_a_misread_row_is_refused_as_it_is() -> None:
    error = LineError(2, "", "x", "Trop de cases.")
    assert check_provider(Row(2, AIDE_34, errors=(error,))) == [error]


def test_a_providers_file_has_its_own_headings() -> None:
    content = text_file(
        ("N° SIRET", "Raison sociale", "Forme juridique", "Dépt"), ("1", "Aide 34", "asso", "34")
    )
    [row] = open_table(content, "organismes.csv", sheet=PROVIDERS).rows
    assert row.values == {"siret": "1", "name": "Aide 34", "legal_form": "asso", "departement": "34"}
    with pytest.raises(FileRefused, match="siret"):
        open_table(text_file(("Raison sociale",), ("Aide 34",)), "organismes.csv", sheet=PROVIDERS)
