"""« Texte plus grand »: a link that stays in the address from page to page, without cookie or script."""

from tests.surveys.respond.browsing import Person


def is_large(person: Person) -> bool:
    return '<html lang="fr" class="large">' in person.text()


async def test_large_text_is_kept_along_the_pages_until_it_is_left(person: Person) -> None:
    await person.open()
    assert not is_large(person)
    await person.follow("Texte plus grand")
    assert is_large(person)
    await person.post("1", globale="4")
    assert person.path == "/2?texte=grand"
    assert is_large(person)
    await person.open("merci")
    assert is_large(person)
    await person.follow("Texte normal")
    assert not is_large(person)
    await person.open("2")
    assert not is_large(person)


async def test_a_refused_answer_is_shown_in_the_same_size(person: Person) -> None:
    await person.open("1?texte=grand")
    assert (await person.post("1")).status_code == 422
    assert is_large(person)


async def test_the_size_goes_with_the_other_choices_and_sets_no_cookie(person: Person) -> None:
    await person.open("1?langue=en&proche=oui")
    page = await person.follow("Larger text")
    assert person.at.endswith("/1?langue=en&proche=oui&texte=grand")
    assert "set-cookie" not in page.headers
    assert 'class="large"' in person.text()
    assert "Normal text" in person.text()


async def test_an_unknown_size_is_none(person: Person) -> None:
    await person.open("1?texte=immense")
    assert not is_large(person)
