"""The one contrary hint of the demonstration: Aide 34 says it warns its clients, who say visits are late."""

from collections.abc import Iterator

import httpx
import pytest

from tests.live import serving
from tests.quality.web.pages import read


@pytest.fixture(scope="module")
def provider() -> Iterator[httpx.Client]:
    """Hélène Cabrol of Aide 34, who has just entered by her door."""
    with serving() as demo, httpx.Client(base_url=demo.url) as client:
        entered = client.post("/demo/entrer", data={"porte": "organisme"}, headers={"Origin": demo.url})
        assert entered.status_code == 303
        yield client


def test_one_hint_goes_against_what_aide_34_declares_and_others_go_with_it(provider: httpx.Client) -> None:
    page = read(provider.get("/charte").text)
    assert page.all("h1")[0].text == "Un indice contraire, à vérifier"
    rows = {row.text[:3]: row.text for row in page.all("tr") if "seuil" in row.text}
    assert len(rows) == 8
    assert [code for code, words in rows.items() if "Indice contraire" in words] == ["2.8"]
    assert any("Indice favorable" in words for words in rows.values())
    assert not any("Pas encore mesuré" in words for words in rows.values())


def test_the_criterion_says_both_sides_and_the_home_page_says_it(provider: httpx.Client) -> None:
    sides = [side.text for side in read(provider.get("/charte/2/8").text).all("dd")]
    assert sides[0] == "Oui"
    assert "clients, Hérault" in sides[1]
    assert "Un indice contraire, à vérifier" in provider.get("/accueil").text
