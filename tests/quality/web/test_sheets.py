"""The style sheets: small, readable in both themes, and nothing in them that only a colour says."""

import gzip
import re
from pathlib import Path

import pytest

from tests.quality.web.contrast import contrast
from tests.quality.web.pages import TEMPLATES

STATIC = TEMPLATES.parent / "static"
KILOBYTE = 1024
SURFACES = ("page", "card", "sunk", "tint")
TEXTS = ("muted", "brand", "ok", "signal-ink", "error")
STATES = ("ok", "signal-ink", "error")


def sheet(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def tokens(start: str, name: str = "app.css") -> dict[str, str]:
    """Read the colours of the first block after a mark."""
    block = sheet(name).partition(start)[2].partition("}")[0]
    return dict(re.findall(r"--([a-z0-9-]+):(#[0-9a-f]{3,6})", block))


LIGHT, DARK = tokens(":root{"), tokens("prefers-color-scheme:dark){:root{")
PAPER, ANSWERS = tokens(":root,.as-dark{", "print.css"), tokens(":root,:host{", "respond.css")
THEMES = pytest.mark.parametrize(
    "theme", [LIGHT, {**LIGHT, **DARK}, {**LIGHT, **PAPER}], ids=["light", "dark", "paper"]
)


@pytest.mark.parametrize(("name", "most"), [("respond.css", 3), ("app.css", 12), ("print.css", 3)])
def test_a_sheet_is_small(name: str, most: int):
    assert len(gzip.compress((STATIC / name).read_bytes(), mtime=0)) <= most * KILOBYTE


def test_the_dark_sample_has_the_colours_of_the_dark_theme():
    assert tokens(".as-dark{") == DARK


def test_both_themes_and_paper_name_the_same_colours():
    assert set(LIGHT) - set(DARK) == {"focus"}
    assert set(LIGHT) - set(PAPER) == {"focus", "strip"}


@THEMES
def test_the_body_text_has_a_contrast_of_seven(theme: dict[str, str]):
    assert all(contrast(theme["ink"], theme[surface]) >= 7 for surface in SURFACES)


@THEMES
def test_every_other_text_has_a_contrast_of_four_and_a_half(theme: dict[str, str]):
    pairs = [(text, surface) for text in TEXTS for surface in ("page", "card", "sunk")]
    pairs += [(state, f"{state.removesuffix('-ink')}-tint") for state in STATES]
    pairs += [("brand", "tint"), ("muted", "tint"), ("on-brand", "brand"), ("on-brand", "brand-deep")]
    weak = {pair: contrast(theme[pair[0]], theme[pair[1]]) for pair in pairs}
    assert {pair: round(found, 2) for pair, found in weak.items() if found < 4.5} == {}


@THEMES
def test_what_one_operates_and_what_a_chart_draws_has_a_contrast_of_three(theme: dict[str, str]):
    pairs = [(line, surface) for line in ("control", "brand", "signal") for surface in ("page", "card")]
    weak = {pair: contrast(theme[pair[0]], theme[pair[1]]) for pair in pairs}
    assert {pair: round(found, 2) for pair, found in weak.items() if found < 3} == {}


@THEMES
def test_a_value_is_readable_on_each_step_of_the_sequence(theme: dict[str, str]):
    texts = ("ink", "ink", "ink", "on-seq-4", "on-seq-5")
    found = [contrast(theme[text], theme[f"seq-{step}"]) for step, text in enumerate(texts, 1)]
    assert min(found) >= 4.5


def test_the_focus_is_seen_on_light_and_dark():
    assert contrast(LIGHT["ink"], LIGHT["focus"]) >= 3
    assert contrast(DARK["page"], LIGHT["focus"]) >= 3


def test_the_answer_pages_keep_the_contrasts_of_their_readers():
    assert contrast(ANSWERS["ink"], "#ffffff") >= 7
    assert contrast(ANSWERS["muted"], ANSWERS["page"]) >= 7
    assert min(contrast(ANSWERS[each], "#ffffff") for each in ("brand", "ok", "error")) >= 4.5
    assert contrast(ANSWERS["control"], "#ffffff") >= 3


@pytest.mark.parametrize("name", ["app.css", "respond.css", "print.css"])
def test_a_sheet_asks_for_no_other_file(name: str):
    assert "url(" not in sheet(name)
    assert "@import" not in sheet(name)


def test_rules_use_tokens_and_not_colours_of_their_own():
    """A raw colour in a rule breaks the dark theme; the strip is dark in both."""
    rules = re.sub(r"(:root|\.as-dark)\{[^}]*\}", "", sheet("app.css"))
    raw = [line for line in rules.splitlines() if re.search(r"#[0-9a-f]{3,8}\b", line)]
    assert [line for line in raw if not line.startswith((".strip", "dialog::backdrop"))] == []


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_a_module_is_small_and_says_what_happens_without_it(path: Path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("// ")
    assert len(gzip.compress(text.encode())) <= 2 * KILOBYTE
    assert not re.search(r"eval\(|innerHTML|\.style\b|https?://", text)


def test_the_mark_of_the_site_is_a_drawing_without_style():
    favicon = sheet("favicon.svg")
    assert favicon.count("<circle") == 7
    assert "style" not in favicon
