"""A line becomes an intervention, or every reason why it cannot."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec
import pytest

from quality.directory.geography import ACTIVITIES
from quality.directory.intake.checking import Checker
from quality.directory.intake.clients import folded
from quality.directory.intake.line import CLEAR, DIGEST_KEY, Line, client_digest, digest, first_status
from quality.directory.intake.reading import Row
from quality.directory.intake.refusals import LineError
from quality.keys import Keyring
from tests.quality.directory.intake.samples import FUNDERS, NOW, VISIT, accepted, checked, refused

KEY = Keyring("one " * 8).subkey(DIGEST_KEY)
EVERYTHING = {
    "client_name": "Mme  Martin",
    "phone": "04 67 12 34 56",
    "mobile": "06 12 34 56 78",
    "email": "Jeanne.Martin@Exemple.fr",
    "language": "Français",
    "departement": "34",
    "commune": "Lattes",
    "age_band": "75 à 84 ans",
    "activity": "I-3",
    "mode": "Mode prestataire",
    "plan_reference": "P-9",
    "hours_notified": "12,5",
    "referral_reference": "O-3",
    "planned_start": "2026-11-23T09:00",
    "planned_end": "23/11/2026 11:00",
    "started_at": "23/11/2026 09:10",
    "ended_at": "23/11/2026 11:02",
    "worker_reference": "S-4",
    "funders": "cnav | D34 | CNAV",
    "status": "Effectuée",
    "status_reason": "autre",
    "incident": "oui",
    "client_status": "Hospitalisée",
    "client_status_since": "20/11/2026",
    "contact": "Courriel",
    "relative_name": "M. Martin",
    "relative_phone": "0612345679",
    "relative_email": "fils@exemple.fr",
}


def test_a_full_line_is_understood() -> None:
    assert accepted(**EVERYTHING) == Line(
        line=7,
        reference="V-1",
        client_reference="C-1",
        client_name="Mme Martin",
        phone="+33467123456",
        mobile="+33612345678",
        email="jeanne.martin@exemple.fr",
        language="fr",
        postcode="34970",
        departement="34",
        commune="Lattes",
        age_band="75-84",
        activity="I-3",
        mode="prestataire",
        plan_reference="P-9",
        hours_notified=Decimal("12.50"),
        referral_reference="O-3",
        planned_start=datetime(2026, 11, 23, 8, tzinfo=UTC),
        planned_end=datetime(2026, 11, 23, 10, tzinfo=UTC),
        started_at=datetime(2026, 11, 23, 8, 10, tzinfo=UTC),
        ended_at=datetime(2026, 11, 23, 10, 2, tzinfo=UTC),
        worker_reference="S-4",
        funders=(UUID(int=1), UUID(int=34)),
        status="done",
        status_reason="other",
        incident=True,
        client_status="hospital",
        client_status_since=date(2026, 11, 20),
        contact="email",
        relative_name="M. Martin",
        relative_phone="+33612345679",
        relative_phone_is_mobile=True,
        relative_email="fils@exemple.fr",
    )


def test_an_empty_cell_leaves_the_stored_value_and_a_dash_clears_it() -> None:
    line = accepted(commune="  ", email="-", planned_start="-", funders="-")
    assert line.commune is None
    assert (line.email, line.planned_start, line.funders) == (CLEAR, CLEAR, CLEAR)


@pytest.mark.parametrize(
    "column", ["reference", "activity", "mode", "status", "departement", "client_status"]
)
def test_what_every_visit_needs_cannot_be_cleared(column: str) -> None:
    [(named, value, message)] = refused(**{column: "-"})
    assert (named, value) == (column, "-")
    assert message.startswith("Cette valeur ne s’efface pas.")


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        ({"reference": ""}, "reference", "Case vide. « Référence » est obligatoire."),
        ({"client_reference": " "}, "client_reference", "Case vide. « Référence client » est obligatoire."),
        ({"activity": ""}, "activity", "Case vide. « Activité » est obligatoire."),
        ({"mode": ""}, "mode", "Case vide. « Mode » est obligatoire."),
        ({"postcode": ""}, "postcode", "Case vide. Donnez le code postal ou le département."),
        ({"started_at": ""}, "started_at", "Case vide. Donnez le début réel ou le début prévu."),
        ({"activity": "MENAGE"}, "activity", "Activité inconnue. Code le plus proche : II-1."),
        ({"activity": "zzzz"}, "activity", "Activité inconnue. Écrivez un code, par exemple II-1."),
        ({"mode": "salarié"}, "mode", "Mode inconnu. Écrivez prestataire, mandataire ou mise_a_disposition."),
        ({"status": "fait"}, "status", "Statut inconnu. Écrivez planned, done, cancelled ou not_done."),
        ({"mobile": "06 12 34 56"}, "mobile", "Il manque deux chiffres. Un mobile français en compte dix."),
        ({"mobile": "0467123456"}, "mobile", "Ce numéro est un fixe. Écrivez-le dans la colonne phone."),
        (
            {"mobile": "06 39 98 00 01"},
            "mobile",
            "Ce numéro est réservé à la fiction. Donnez le vrai numéro.",
        ),
        (
            {"relative_phone": "112"},
            "relative_phone",
            "Numéro trop court. Un numéro français compte dix chiffres.",
        ),
        ({"email": "martin@"}, "email", "Adresse incomplète. Elle s’écrit nom@domaine.fr."),
        ({"email": "a@b.fr; c@d.fr"}, "email", "Une seule adresse par case."),
        (
            {"email": "zoé@exemple.fr"},
            "email",
            "Une adresse ne contient ni accent ni signe spécial. Corrigez-la.",
        ),
        (
            {"postcode": "3497"},
            "postcode",
            "Code postal inconnu. Il compte cinq chiffres, par exemple 34970 ou 01000.",
        ),
        (
            {"departement": "99"},
            "departement",
            "Département inconnu. Écrivez son code, par exemple 34, 2A ou 974.",
        ),
        (
            {"departement": "30"},
            "departement",
            "Le code postal 34970 est celui du département 34. "
            "Corrigez l’un des deux, ou ne gardez que le département.",
        ),
        ({"age_band": "78"}, "age_band", "Tranche d’âge inconnue. Écrivez <60, 60-74, 75-84 ou 85+."),
        (
            {"hours_notified": "douze"},
            "hours_notified",
            "Nombre d’heures illisible. Écrivez par exemple 12,5.",
        ),
        ({"hours_notified": "12000"}, "hours_notified", "Nombre d’heures trop grand. Vérifiez la virgule."),
        ({"funders": "D34|D99"}, "funders", "Financeur inconnu : D99. Codes connus : CNAV, D34."),
        ({"funders": "|"}, "funders", "Écrivez les codes des financeurs, séparés par une barre |."),
        ({"incident": "peut-être"}, "incident", "Réponse inconnue. Écrivez yes ou no."),
        ({"contact": "pigeon"}, "contact", "Contact inconnu. Écrivez no, phone, sms ou email."),
        (
            {"client_name": "Mar\x07tin"},
            "client_name",
            "Un caractère invisible s’est glissé dans ce texte. Retapez-le.",
        ),
        ({"client_name": "123"}, "client_name", "Un nom contient au moins une lettre."),
        ({"commune": "x" * 81}, "commune", "Texte trop long. Gardez 80 caractères au plus."),
        ({"started_at": "31/11/2026 14:00"}, "started_at", "Le 31 novembre n’existe pas."),
        (
            {"ended_at": "23/11/2026 08:45"},
            "ended_at",
            "La fin précède le début (09:00). Corrigez une des deux heures.",
        ),
        (
            {"ended_at": "22/11/2026 10:45"},
            "ended_at",
            "La fin précède le début (23/11/2026 09:00). Corrigez une des deux heures.",
        ),
        (
            {"planned_start": "23/11/2026 09:00", "planned_end": "23/11/2026 08:59"},
            "planned_end",
            "La fin précède le début (09:00). Corrigez une des deux heures.",
        ),
        (
            {"started_at": "26/11/2026 09:00"},
            "started_at",
            "Cette visite n’a pas encore eu lieu. Corrigez la date ou le statut.",
        ),
        (
            {"status": "done", "ended_at": "26/11/2026 09:00"},
            "ended_at",
            "Cette visite n’a pas encore eu lieu. Corrigez la date ou le statut.",
        ),
        (
            {"started_at": "23/11/2016 09:00"},
            "started_at",
            "Cette date a plus de trois ans. Vérifiez l’année.",
        ),
        (
            {"planned_start": "23/11/2062 09:00"},
            "planned_start",
            "Cette date est dans plus de deux ans. Vérifiez l’année.",
        ),
        (
            {"client_status_since": "26/11/2026"},
            "client_status_since",
            "Cette date est dans le futur. Corrigez-la.",
        ),
    ],
)
def test_a_bad_cell_is_located_and_says_what_to_do(cells: dict[str, str], column: str, message: str) -> None:
    value = (VISIT | cells).get(column, "").strip()
    shown = value if len(value) <= 120 else value[:120] + "…"
    assert refused(**cells) == [(column, shown, message)]


def test_every_bad_cell_of_a_line_is_told_at_once() -> None:
    errors = refused(postcode="00000", mobile="1", started_at="31/11/2026 09:00", reference="")
    assert sorted(column for column, _, _ in errors) == ["mobile", "postcode", "reference", "started_at"]


def test_a_value_too_long_to_be_shown_is_cut() -> None:
    [(_, value, _)] = refused(reference="x" * 5_000)
    assert value == "x" * 120 + "…"


def test_an_activity_is_refused_in_a_mode_where_it_may_not_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = msgspec.structs.replace(ACTIVITIES["II-1"], modes=("prestataire",))
    monkeypatch.setattr("quality.directory.intake.checking.ACTIVITIES", {"II-1": narrow})
    message = "L’activité II-1 ne se fait pas dans ce mode. Modes possibles : prestataire."
    assert refused(mode="mandataire") == [("mode", "mandataire", message)]


def test_a_refused_funder_says_so_when_none_is_declared() -> None:
    errors = Checker(NOW, {}).check(Row(2, VISIT | {"funders": "D34"}))
    assert isinstance(errors, list)
    assert errors[0].message == "Financeur inconnu : D34. Aucun financeur n’est encore déclaré."


def test_the_place_gives_the_time() -> None:
    assert accepted(postcode="97410").started_at == datetime(2026, 11, 23, 5, tzinfo=UTC)
    line = accepted(postcode="", departement="974")
    assert (line.departement, line.started_at) == ("974", datetime(2026, 11, 23, 5, tzinfo=UTC))


def test_a_departement_that_lost_its_zero_is_known() -> None:
    assert accepted(postcode="-", departement="1").departement == "01"


def test_the_end_takes_the_second_of_the_two_hours_when_clocks_go_back() -> None:
    line = accepted(started_at="25/10/2026 02:50", ended_at="25/10/2026 02:10")
    assert line.started_at == datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
    assert line.ended_at == datetime(2026, 10, 25, 1, 10, tzinfo=UTC)


def test_a_planned_visit_may_lie_ahead() -> None:
    line = accepted(started_at="", planned_start="30/11/2026 09:00")
    assert first_status(line) == "planned"


def test_a_visit_of_this_afternoon_passes_with_a_day_of_tolerance() -> None:
    assert accepted(started_at="25/11/2026 10:00", status="done").status == "done"


def test_a_first_status_follows_the_real_start_unless_the_line_says_it() -> None:
    assert first_status(accepted()) == "done"
    assert first_status(accepted(status="Annulée")) == "cancelled"
    assert first_status(accepted(started_at="-", planned_start="23/11/2026 09:00")) == "planned"


def test_the_first_name_joins_the_name() -> None:
    assert accepted(client_name="Martin", client_first_name="Jeanne").client_name == "Jeanne Martin"


def test_a_first_name_alone_says_nothing() -> None:
    assert accepted(client_first_name="Jeanne").client_name is None


def test_a_mobile_in_the_only_telephone_column_is_still_a_mobile() -> None:
    assert accepted(phone="0612345678").mobile == "+33612345678"
    assert accepted(phone="0612345678", mobile="-").mobile is CLEAR
    assert accepted(phone="0467123456").mobile is None


def test_no_break_spaces_are_spaces() -> None:
    assert accepted(client_name="Mme\u00a0Martin\u202f").client_name == "Mme Martin"


def test_fiction_passes_where_it_is_allowed() -> None:
    checker = Checker(NOW, FUNDERS, allow_fiction=True)
    line = checker.check(Row(2, VISIT | {"mobile": "06 39 98 00 01"}))
    assert isinstance(line, Line)
    assert line.mobile == "+33639980001"


def test_a_row_that_was_misread_is_refused_as_it_is() -> None:
    error = LineError(2, "", "x", "Cette ligne compte 3 cases pour 2 titres.")
    assert Checker(NOW, FUNDERS).check(Row(2, VISIT, errors=(error,))) == [error]


def test_a_digest_knows_the_content_and_not_its_place_or_its_spelling() -> None:
    line = accepted(funders="D34|CNAV", hours_notified="12,5")
    same = accepted(
        funders="CNAV|d34", hours_notified="12.50", mode="Prestation", started_at="2026-11-23T08:00Z"
    )
    assert digest(line, KEY) == digest(msgspec.structs.replace(same, line=99), KEY)
    assert len(digest(line, KEY)) == 16
    assert digest(line, KEY) != digest(accepted(funders="D34"), KEY)
    assert digest(accepted(email="-"), KEY) != digest(accepted(), KEY)


def test_a_client_digest_ignores_the_visit() -> None:
    line = accepted(client_name="Martin")
    later = accepted(
        client_name="Martin", reference="V-2", started_at=f"{NOW - timedelta(days=2):%d/%m/%Y %H:%M}"
    )
    assert client_digest(line, KEY) == client_digest(later, KEY)
    assert client_digest(line, KEY) != client_digest(accepted(client_name="Durand"), KEY)


def test_a_digest_can_be_made_by_the_holder_of_the_key_only() -> None:
    line, other = accepted(mobile="0612345678"), Keyring("another " * 4).subkey(DIGEST_KEY)
    assert digest(line, KEY) != digest(line, other)
    assert client_digest(line, KEY) != client_digest(line, other)
    twice = [line, accepted(mobile="0612345678", client_name="Durand")]
    assert (
        folded(twice, KEY)[line.client_reference].digest != folded(twice, other)[line.client_reference].digest
    )


def test_a_checked_line_says_its_number() -> None:
    line = checked()
    assert isinstance(line, Line)
    assert line.line == 7
