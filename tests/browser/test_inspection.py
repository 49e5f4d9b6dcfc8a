"""What the inspection of a page finds, on small pages made to be wrong."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page

from tests.browser.inspection import faults, rules_broken
from tests.browser.visitor import WIDE

pytestmark = pytest.mark.browser

PAGE = """
<!DOCTYPE html><html lang="fr"><head><title>Une page</title>
<meta name="viewport" content="width=device-width"><style>{style}</style></head>
<body><main><h1>Une page</h1>{main}</main></body></html>
"""
SAID = "<p>Une phrase qui se lit.</p>"
FAINT = ".faint { background: #555 } .faint p { color: #777 }"


@pytest.fixture
async def page(chromium: Browser) -> AsyncIterator[Page]:
    context = await chromium.new_context(viewport=WIDE)
    yield await context.new_page()
    await context.close()


async def found(page: Page, main: str, style: str = "", *, has_known_frame: bool = True) -> list[str]:
    """Look at a page as the walk does; give each fault with the width where it was seen."""
    await page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    await page.set_content(PAGE.format(main=main, style=style))
    broken = await rules_broken(page, "page", has_known_frame=has_known_frame)
    return [f"{each.width} {each.what.partition(': ')[0]}" for each in broken]


async def test_a_page_without_fault_has_none(page: Page) -> None:
    assert await found(page, SAID, has_known_frame=False) == []
    assert await found(page, SAID) == []


async def test_a_faint_text_is_found_wherever_the_same_letters_were_read_before(page: Page) -> None:
    grey = "p { color: #777 }"
    assert await found(page, SAID, grey + "main { background: #000 }") == []
    assert await found(page, SAID, grey + "main { background: #555 }") == [
        "1280 axe color-contrast",
        "320 axe color-contrast",
        "320 dark, axe color-contrast",
    ]


async def test_a_faint_text_is_found_again_on_the_next_page(page: Page) -> None:
    faint = f"<div class=faint>{SAID}</div>"
    first = await found(page, faint, FAINT)
    assert len(first) == 3
    assert await found(page, faint, FAINT) == first


@pytest.mark.parametrize(
    ("where", "seen"),
    [
        ("(max-width: 400px)", ["320 axe", "320 dark, axe"]),
        ("(min-width: 400px)", ["1280 axe"]),
        ("(prefers-color-scheme: dark)", ["320 dark, axe"]),
    ],
)
async def test_a_text_is_faint_in_some_of_its_states_only(page: Page, where: str, seen: list[str]) -> None:
    shown = await found(page, SAID, f"@media {where} {{ p {{ color: #bbb }} }}")
    assert shown == [f"{each} color-contrast" for each in seen]


async def test_what_is_placed_over_the_page_is_looked_at_where_it_stands(page: Page) -> None:
    style = "p { color: #eee; position: absolute; margin: 0 } .dark { background: #000; height: 4em }"
    assert await found(page, f"<div class=dark>{SAID}</div>", style) == []
    assert "1280 axe color-contrast" in await found(page, f"<div class=light>{SAID}</div>", style)


async def test_a_row_among_many_of_its_shape_must_have_a_name_of_its_own(page: Page) -> None:
    rows = "".join(
        f'<li><a href="/{n}" aria-label="{"" if n == 4 else n}"><b></b></a></li>' for n in range(6)
    )
    assert await found(page, f"<ul>{rows}</ul>") == ["1280 axe link-name"]


async def test_what_is_shown_narrow_only_is_looked_at_narrow(page: Page) -> None:
    hidden = "@media (min-width: 400px) { a { display: none } }"
    nameless = '<a href="/suite"><b></b></a>'
    assert await found(page, SAID + nameless, hidden) == ["320 axe link-name"]


async def test_a_frame_never_seen_is_looked_at_narrow_too(page: Page) -> None:
    hidden = "@media (min-width: 400px) { a { display: none } }"
    outside = (
        f'<p>Lu.</p></main><nav aria-label="Pages"><a href="/suite"><b></b></a></nav><main hidden>{SAID}'
    )
    assert "320 axe link-name" in await found(page, outside, hidden, has_known_frame=False)


async def test_what_is_wide_small_or_broken_is_found_and_nothing_else(page: Page) -> None:
    await page.set_content(PAGE.format(main="<button>Oui</button><dl><dt>Téléphone</dl>", style=LARGE))
    assert await faults(page, is_answer=True) == []
    await page.set_content(PAGE.format(main="<button>Oui</button><dl><dt>Téléphone</dl>", style=WRONG))
    assert [each.partition(":")[0] for each in await faults(page, is_answer=True)] == [
        "overflows by 720 px",
        "too small",
        "breaks the label « Téléphone »",
    ]


LARGE = "button { width: 90px; height: 44px }"
WRONG = """
main { width: 2000px } body { margin: 0 } dt { width: 1ch; overflow-wrap: anywhere }
button { width: 90px; height: 43px }
"""
