"""What an SMS sent back means."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.respond.reply import Reply, ReplyKind, read_reply


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("5", 5),
        (" 5. ", 5),
        ("5/5", 5),
        ("1/5", 1),
        ("4 / 5 merci", 4),
        ("3 sur 5", 3),
        ("4 sur cinq", 4),
        ("quatre sur 5", 4),
        ("quatre/cinq", 4),
        ("cinq", 5),
        ("Cinq, merci !", 5),
        ("un", 1),
        ("five", 5),
        ("très bien", 5),
        ("Tres bien merci", 5),
        ("Tout s’est très bien passé", 5),
        ("plutôt mal", 2),
        ("MOYEN", 3),
        ("very well", 5),
        ("4 merci", 4),
        ("Bonjour, 4. Bonne journée", 4),
        ("5 5", 5),
        ("5 très bien", 5),
        ("4 c’était très bien", 4),
        ("2 pas très bien", 2),
        ("2 la dame n’a pas fait un bon travail", 2),
        ("5\ufe0f\u20e3", 5),
        ("５", 5),
        ("5 mais 10 min de retard", 5),
    ],
)
def test_a_mark_is_read_however_it_is_written(text, mark):
    assert read_reply(text) == Reply(ReplyKind.RATING, mark)


@pytest.mark.parametrize(
    "text",
    [
        "4 ou 5",
        "4-5",
        "4,5",
        "6",
        "0",
        "10",
        "8/10",
        "1 5",
        "six",
        "5 ponctualité 3",
        "1 très bien",
        "5 très mal",
        "4 ou cinq",
    ],
)
def test_two_marks_or_one_outside_the_scale_are_ambiguous(text):
    assert read_reply(text) == Reply(ReplyKind.AMBIGUOUS)


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "stop",
        "Stop.",
        "S.V.P. STOP",
        "STOP SMS",
        "STOP je ne veux plus rien",
        "5 stop",
        "ARRET",
        "ARRÊT",
        "arrêt svp",
        "Arrêtez les messages",
        "STOPPER",
        "Désabonnement",
        "DESABONNEMENT",
        "me désabonner",
        "NON MERCI",
        "Non, merci !",
        "non merci je ne réponds pas",
        "unsubscribe",
        "STOP au 38000",
    ],
)
def test_a_refusal_is_heard(text):
    assert read_reply(text) == Reply(ReplyKind.STOP)


@pytest.mark.parametrize("text", ["CONTACT", "Aide", "aide svp", "contact ?"])
def test_a_call_for_help_is_heard(text):
    assert read_reply(text) == Reply(ReplyKind.HELP)


@pytest.mark.parametrize(
    "text", ["?", " ?? ", "nsp", "NSP.", "sais pas", "Je ne sais pas", "je sais pas", "I don't know"]
)
def test_not_knowing_is_an_answer(text):
    assert read_reply(text) == Reply(ReplyKind.DONT_KNOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "merci",
        "oui",
        "non",
        "Rappelez-moi",
        "L’aide n’est pas venue",
        "un retard",
        "c’était un plaisir",
        "pas très bien",
        "arrêt de travail de la dame",
        "2 h de retard",
        "1h30 de retard",
        "Elle est restée 20 minutes",
        "06 12 34 56 78",
        "0612345678",
        "Qui êtes-vous ?",
        "\N{THUMBS UP SIGN}",
        "…",
        "9" * 5000,
    ],
)
def test_anything_else_is_for_a_person_to_read(text):
    assert read_reply(text) == Reply(ReplyKind.OTHER)


def test_another_scale_has_its_own_bounds_and_no_words():
    reasons = range(1, 5)
    assert read_reply("4", reasons) == Reply(ReplyKind.RATING, 4)
    assert read_reply("2/4", reasons) == Reply(ReplyKind.RATING, 2)
    assert read_reply("5", reasons) == Reply(ReplyKind.AMBIGUOUS)
    assert read_reply("1 très bien", reasons) == Reply(ReplyKind.RATING, 1)
    assert read_reply("très bien", reasons) == Reply(ReplyKind.OTHER)


@settings(max_examples=60)
@given(st.text())
def test_any_text_is_read_without_failing_and_a_mark_is_on_the_scale(text):
    reply = read_reply(text)
    assert (reply.kind is ReplyKind.RATING) == (reply.value in range(1, 6))
