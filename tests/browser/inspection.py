"""What is looked at on a page: axe, reflow, sizes of targets, and that nothing breaks the strict header."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page

from quality.web.headers import POLICY
from tests.browser.visitor import NARROW, WIDE, Journal

AXE = Axe().axe_script
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "RGAAv4"]
RUN = """
([tags, rules]) => axe.run(document, {
    runOnly: {type: "tag", values: tags}, rules, resultTypes: ["violations"], preload: false})
  .then(found => found.violations.map(
    ({id, nodes}) => [id, nodes.map(node => node.target.join(" ")).join(" | ")]))
"""
# What decides a contrast, computed: letters, and all that is painted behind them. What is placed over the
# page or drawn may stand on anything: it is looked at wherever it stands in another way.
PAINT = """
async told => {
  const known = new Set(told);
  const behind = new Map([[null, ""]]), placed = new Set(), clear = "rgba(0, 0, 0, 0),none,1,none";
  const painted = one => {
    if (!behind.has(one)) {
      const its = getComputedStyle(one), rest = painted(one.parentElement);
      const own = [its.backgroundColor, its.backgroundImage, its.opacity, its.filter].join();
      behind.set(one, own === clear ? rest : `${own}<${rest}`);
      const lies = ["absolute", "fixed", "sticky"].includes(its.position) || its.transform !== "none";
      if (lies || one.matches("svg") || placed.has(one.parentElement)) placed.add(one);
    }
    return behind.get(one);
  };
  const way = one => one ? `${way(one.parentElement)}>${one.tagName}.${one.getAttribute("class") || ""}` : "";
  const looks = new Map();
  for (const one of document.querySelectorAll("body *")) {
    const says = [...one.childNodes].some(each => each.nodeType === 3 && each.data.trim());
    if (!says && !one.matches("input:not([type=hidden]), select, textarea")) continue;
    const its = getComputedStyle(one);
    const letters = [its.color, its.fontSize, its.fontWeight, its.textShadow, one.matches("input, select")];
    const look = `${letters}|${painted(one)}${placed.has(one) ? way(one) : ""}`;
    if (!known.has(look)) looks.set(one, look);
  }
  if (!looks.size) return [[], []];
  const found = await axe.run({include: [...looks.keys()]}, {
    runOnly: {type: "rule", values: ["color-contrast"]}, resultTypes: ["violations", "passes"],
    elementRef: true, selectors: true, preload: false});
  const enough = found.passes.flatMap(({nodes}) => nodes.map(node => looks.get(node.element)));
  return [
    found.violations.map(({id, nodes}) => [id, nodes.map(node => node.target.join(" ")).join(" | ")]),
    [...new Set(enough.filter(Boolean))],
  ];
}
"""
RUN_SOME = """
rules => axe.run(document, {
    runOnly: {type: "rule", values: rules}, resultTypes: ["violations"], preload: false})
  .then(found => found.violations.map(
    ({id, nodes}) => [id, nodes.map(node => node.target.join(" ")).join(" | ")]))
"""
VISIBLE = """
() => [...document.querySelectorAll("main *")].map(one => {
  const its = getComputedStyle(one);
  return one.checkVisibility({visibilityProperty: true}) ? its.clipPath + its.clip : "";
}).join()
"""
# What two rows of the same shape may do otherwise: name themselves, and name another element.
NAMES = [
    "duplicate-id-aria", "landmark-unique", "identical-links-same-purpose", "accesskeys", "label",
    "link-name", "button-name", "select-name", "input-button-name", "aria-input-field-name",
    "aria-command-name", "aria-toggle-field-name", "aria-progressbar-name", "aria-meter-name",
    "summary-name", "empty-heading", "empty-table-header", "image-alt", "role-img-alt", "svg-img-alt",
    "aria-valid-attr-value", "td-headers-attr", "heading-order", "label-content-name-mismatch",
    "form-field-multiple-labels",
]  # fmt: skip
LAYOUT = ["target-size", "scrollable-region-focusable", "css-orientation-lock"]
LINKS = "link-in-text-block"  # the only other rule that depends on colours
NO_CONTRAST = {"color-contrast": {"enabled": False}}
# How something is made, whatever it says: two rows of the same shape look the same.
SHAPE = """
const TOLD = /^(class|type|role|lang|scope|hidden|open|disabled|aria-(?!label|describedby|controls).*)$/;
const shape = one => {
  const made = [...one.attributes].map(({name, value}) => TOLD.test(name) ? `${name}=${value}` : name);
  const says = [...one.childNodes].some(each => each.nodeType === 3 && each.data.trim());
  const inside = [...one.children].map(shape);
  const kept = one.matches("tbody, ul, ol") ? new Set(inside) : inside;
  return `${one.tagName}[${made.sort()}]${says}(${[...kept]})`;
};
"""
FRAME_AND_MAIN = f"""
() => {{ {SHAPE}
  const main = document.querySelector("main"), place = document.createComment("");
  if (!main) return [shape(document.body), ""];
  main.replaceWith(place);
  const found = [shape(document.documentElement), shape(main)];
  place.replaceWith(main);
  return found;
}}
"""
# Leave two rows of each shape, as every other row may have a colour of its own; WHOLE brings the others back.
THIN = f"""
() => {{ {SHAPE}
  window.taken = [];
  for (const list of document.querySelectorAll("tbody, ul, ol")) {{
    const met = {{}};
    for (const row of [...list.children]) {{
      const its = shape(row), place = document.createComment("");
      met[its] = (met[its] || 0) + 1;
      if (met[its] > 2) {{ row.replaceWith(place); window.taken.push([place, row]); }}
    }}
  }}
}}
"""
WHOLE = "() => window.taken.reverse().forEach(([place, row]) => place.replaceWith(row))"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What stands beyond the edge, inside nothing that scrolls by itself.
BEYOND = """
() => [...document.querySelectorAll("body *")]
  .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .filter(each => { for (let over = each.parentElement; over; over = over.parentElement)
    if (getComputedStyle(over).overflowX !== "visible" && over !== document.documentElement) return false;
    return true; })
  .slice(-3).map(each => each.outerHTML.slice(0, 80)).join(" | ")
"""
INLINE = """
() => [...document.querySelectorAll("*")].flatMap(element => [...element.attributes]
  .filter(each => each.name === "style" || each.name.startsWith("on"))
  .map(each => `${element.tagName} ${each.name}`))
  .concat([...document.querySelectorAll("style, script:not([src])")].map(each => each.tagName))
"""
# A drawing is named by its finding, described by its figures, and stands with a table of the same.
CHARTS = """
() => [...document.querySelectorAll("svg[role=img]")].flatMap(drawing => {
  const words = (drawing.getAttribute("aria-labelledby") || "").split(" ")
    .map(id => document.querySelectorAll(`#${CSS.escape(id)}`));
  const isNamed = words.every(found => found.length === 1 && found[0].textContent.trim().length > 3);
  const wrong = words.length === 2 && isNamed ? [] : ["has no name of its own"];
  const around = [...document.querySelectorAll("table, .grid, .card, section")];
  const holds = one => one.matches("table") || one.querySelector("table");
  const isTold = around.some(one => one.contains(drawing) && holds(one));
  return isTold ? wrong : [...wrong, "stands without a table"];
})
"""
# A link inside a sentence is as high as its line (WCAG 2.5.8, exception « inline »); a radio is its label.
SMALL = """
least => [...document.querySelectorAll("a[href],button,summary,select,textarea,input:not([type=hidden])")]
  .map(element => [element, element.closest("label") || element])
  .filter(([element, target]) => element.checkVisibility({visibilityProperty: true})
    && !element.closest(".skip")
    && !(getComputedStyle(element).display === "inline" && element.closest("p, li, dd, td, span")
         && [...element.parentNode.childNodes].some(each => each.nodeType === 3 && each.data.trim())))
  .map(([element, target]) => [element, target.getBoundingClientRect()])
  .filter(([element, box]) => box.width && (box.height < least - 0.5 || box.width < least - 0.5))
  .map(([element, box]) => `${element.outerHTML.slice(0, 90)}: ${box.width | 0} × ${box.height | 0}`)
"""
# A label too narrow for its longest word is read one letter a line.
BROKEN_WORDS = """
() => [...document.querySelectorAll("th, dt, label, legend")]
  .filter(label => label.checkVisibility({visibilityProperty: true}) && !label.closest(".vh"))
  .filter(label => getComputedStyle(label.closest("thead") || label).clipPath === "none")
  .flatMap(label => {
    const texts = document.createTreeWalker(label, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) for (const word of texts.currentNode.data.matchAll(/[\\p{L}\\d]+/gu)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, word.index);
      range.setEnd(texts.currentNode, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(box => box.top | 0)).size > 1) found.push(word[0]);
    }
    return found;
  })
"""
LAYOUT_FAULTS = f"least => [{OVERFLOW}, ({SMALL})(least), ({BROKEN_WORDS})()]"
# A refused form says so in the title, then first in the page, and leads to each field, which says it too.
REFUSED = """
() => {
  const first = document.querySelector("main > *"), links = [...first.querySelectorAll("a[href^='#']")];
  const wrong = /^(Erreur\u00a0|Error): /.test(document.title) ? [] : [`is titled « ${document.title} »`];
  if (first.getAttribute("role") !== "alert") wrong.push("says first something else");
  return wrong.concat(links.flatMap(link => {
    const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field || !field.matches("input, select, textarea")) return [`leads to no field: ${link.hash}`];
    const told = [field, field.closest("fieldset")].map(one => one?.getAttribute("aria-describedby") || "");
    const said = told.join(" ").split(" ")
      .map(id => (document.getElementById(id) || {textContent: ""}).textContent);
    return field.closest("[aria-invalid=true]") && said.some(words => words.includes(link.textContent.trim()))
      ? [] : [`leads to a field that does not say it: ${link.hash}`];
  }));
}
"""
# Text twice as large, spaced as WCAG 1.4.12 asks.
DOUBLED = """
() => {
  document.documentElement.style.fontSize = "200%";
  Object.assign(document.body.style, {lineHeight: "1.5", letterSpacing: ".12em", wordSpacing: ".16em"});
}
"""
SINGLE = """
() => { for (const each of [document.documentElement, document.body]) each.removeAttribute("style"); }
"""
STAFF_TARGET, ANSWER_TARGET = 24, 44
looked_at: set[str] = set()  # the shapes of frames and of main parts, whatever the door
contrasted: set[str] = set()  # the looks whose contrast is enough, whatever the page


@dataclass(frozen=True, order=True)
class Finding:
    """One thing wrong: where, at which width, what."""

    path: str
    width: int
    what: str


async def inspect(page: Page, journal: Journal, name: str, url: str) -> list[Finding]:
    """Look at the page that is open, wide, in the dark, narrow and with its text doubled, loaded once."""
    found = [Finding(name, 0, each) for each in await broken_header(page, journal, url)]
    frame, main = await page.evaluate(FRAME_AND_MAIN)
    found += [Finding(name, WIDE["width"], each) for each in await faults(page, is_answer_page(page.url))]
    if not {frame, main} <= looked_at:
        found += await rules_broken(page, name, has_known_frame=frame in looked_at)
    looked_at.update((frame, main))
    await page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    found += [Finding(name, NARROW["width"], each) for each in await faults(page, is_answer_page(page.url))]
    await page.evaluate(DOUBLED)
    if over := await page.evaluate(OVERFLOW):
        where = await page.evaluate(BEYOND)
        found.append(Finding(name, NARROW["width"], f"overflows by {over} px with text doubled: {where}"))
    await page.evaluate(SINGLE)
    await page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    return found


async def inspect_at(page: Page, name: str, size: Mapping[str, int]) -> list[Finding]:
    """Look at the page that is open at one width: its layout, and all of axe."""
    await page.set_viewport_size(size)  # type: ignore[arg-type]
    said = [*await faults(page, is_answer_page(page.url)), *await axe_at(page)]
    await page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    return [Finding(name, size["width"], each) for each in said]


async def rules_broken(page: Page, name: str, *, has_known_frame: bool) -> list[Finding]:
    """Run axe wide; narrow, all of it again where other things are shown; then look at the contrasts."""
    await page.evaluate(AXE)
    wide = await page.evaluate(RUN_SOME, NAMES)
    await page.evaluate(THIN)
    wide += await page.evaluate(RUN, [TAGS, NO_CONTRAST]) + await faint(page)
    visible = await page.evaluate(VISIBLE)
    await page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    if has_known_frame and await page.evaluate(VISIBLE) == visible:
        narrow = await page.evaluate(RUN_SOME, [*LAYOUT, LINKS])
    else:
        narrow = await page.evaluate(RUN, [TAGS, NO_CONTRAST])
    narrow += await faint(page)
    dark = []
    if not is_answer_page(page.url):
        await page.emulate_media(color_scheme="dark")
        dark = await page.evaluate(RUN_SOME, [LINKS]) + await faint(page)
        await page.emulate_media(color_scheme="light")
    await page.evaluate(WHOLE)
    return [
        *(Finding(name, WIDE["width"], _said(each)) for each in wide),
        *(Finding(name, NARROW["width"], _said(each)) for each in narrow),
        *(Finding(name, NARROW["width"], f"dark, {_said(each)}") for each in dark),
    ]


async def faint(page: Page) -> list[list[str]]:
    """List what is too faint to be read, among the looks that no page had before."""
    found, enough = await page.evaluate(PAINT, sorted(contrasted))
    contrasted.update(enough)
    return list(found)


def _said(violation: list[str]) -> str:
    rule, where = violation
    return f"axe {rule}: {where[:300]}"


def is_answer_page(url: str) -> bool:
    return "/s/" in url or "/suivi/" in url


async def faults(page: Page, is_answer: bool) -> list[str]:
    """List what is wrong in the layout at this width."""
    over, small, broken = await page.evaluate(LAYOUT_FAULTS, ANSWER_TARGET if is_answer else STAFF_TARGET)
    found = [f"overflows by {over} px: {await page.evaluate(BEYOND)}"] if over else []
    return [
        *found,
        *(f"too small: {each}" for each in small),
        *(f"breaks the label « {each} »" for each in broken),
    ]


async def broken_header(page: Page, journal: Journal, url: str) -> list[str]:
    """List what the strict header stopped or would stop, and what was asked of anybody else."""
    inline: list[str] = await page.evaluate(INLINE)
    foreign = [each.url for each in journal.requests if not each.url.startswith((url, "data:"))]
    shown = [each for each in journal.responses if each.request.is_navigation_request()]
    lax = [each.url for each in shown if each.headers.get("content-security-policy") != POLICY]
    complaints = [each for each in journal.complaints if "status of 4" not in each]
    charts: list[str] = await page.evaluate(CHARTS)
    return [
        *(f"inline {each}" for each in inline),
        *(f"asks {each}" for each in foreign),
        *(f"comes without the strict header: {each}" for each in lax),
        *(f"a chart {each}" for each in charts),
        *complaints,
    ]


async def refusal_faults(page: Page) -> list[str]:
    """List what a form that was refused, and is shown again, leaves unsaid."""
    found: list[str] = await page.evaluate(REFUSED)
    return found


async def axe_at(page: Page) -> list[str]:
    """Run axe alone, on the page as it is shown now."""
    await page.evaluate(AXE)
    found: list[Any] = await page.evaluate(RUN, [TAGS, {}])
    return [_said(each) for each in found]
