"""How answers divide, in words: the largest part first, what is hidden nowhere."""

from quality.measures.views.mix import marks_drawing, marks_finding, modes_drawing, modes_finding
from tests.quality.measures.views.test_response import of
from tests.quality.web.drawings import check, words_of


def test_the_title_names_the_first_contact_that_most_answers_follow():
    main = of(MODE_SMS=30, MODE_MAIL=8, MODE_TEL=62)
    assert modes_finding(main) == "62\u00a0% des réponses suivent un premier appel"
    assert {"30\u00a0%", "8\u00a0%", "62\u00a0%"} <= set(words_of(check(modes_drawing(main))))


def test_hidden_parts_are_not_drawn():
    main = of(MODE_SMS=None, MODE_MAIL=None, MODE_TEL=None)
    assert modes_finding(main) == "Premier contact\u00a0: moins de 11 clients"
    assert modes_drawing(main) == ""


def test_marks_say_the_highest_and_the_low_ones():
    main = of(NPS_HIGH=52, NPS_LOW=18)
    assert marks_finding(main) == "52\u00a0% de notes 9 et 10, 18\u00a0% de notes de 0 à 6"
    assert {"52\u00a0%", "18\u00a0%"} <= set(words_of(check(marks_drawing(main))))
    assert marks_finding(of(NPS_HIGH=52, NPS_LOW=None)) == "Notes de 0 à 10\u00a0: moins de 11 clients"
