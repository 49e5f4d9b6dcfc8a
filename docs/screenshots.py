"""The pictures of the README, taken from a demonstration that runs: `make screenshots`.

`python docs/screenshots.py [ADDRESS]` opens each page as its reader does, in the Chromium of the system.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"
ADDRESS = "http://127.0.0.1:8000"
WIDE, TELEPHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 780}


@dataclass(frozen=True)
class Picture:
    """One page, seen by one reader: `door` is a door of the demonstration, `first` a link to follow."""

    name: str
    path: str
    door: str = ""
    first: str = ""
    is_telephone: bool = False


PICTURES = (
    Picture("demonstration", "/"),
    Picture("question", "/", first="a.door", is_telephone=True),
    Picture("financeur", "/accueil", "herault"),
    Picture("organisme", "/accueil", "organisme"),
    Picture("indicateur", "/indicateurs/PONCT", "herault"),
    Picture("appel", "/appels", "appels", first="main button[type=submit]"),
    Picture("reclamation", "/reclamations", "plateforme", first="main tbody a"),
    Picture("charte", "/charte", "organisme"),
)


def take(browser: Browser, address: str, picture: Picture) -> None:
    size = TELEPHONE if picture.is_telephone else WIDE
    window = browser.new_context(base_url=address, locale="fr-FR", viewport=size, device_scale_factor=1)
    if picture.door:
        window.request.post("/demo/entrer", form={"porte": picture.door}, headers={"Origin": address})
    page = window.new_page()
    page.goto(picture.path)
    if picture.first:
        with page.expect_navigation():
            page.click(f"{picture.first} >> nth=0")
    page.screenshot(path=HERE / f"{picture.name}.png")
    window.close()


def main(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for picture in PICTURES:
            take(browser, address, picture)
            print(f"docs/{picture.name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else ADDRESS)
