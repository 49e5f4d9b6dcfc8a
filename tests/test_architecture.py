"""The house as a whole: what is declared is documented and tested; any subset of components starts."""

import dataclasses
import importlib
import pkgutil
import re
from itertools import combinations
from pathlib import Path

import click
import pytest
import typer
from jinja2 import meta, nodes

from quality import app as composition
from quality import cli, component
from quality.app import House
from quality.measures.catalogue import CATALOGUE
from quality.settings import NAMES, Settings
from quality.web.rendering import template_of
from tests.quality.web.test_templates_render import own_names

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PACKAGES = ("quality", "surveys", "charter")
SUBSETS = [
    names
    for size in range(1, len(composition.COMPONENTS) + 1)
    for names in combinations(composition.COMPONENTS, size)
    if composition.COMPONENTS[0] in names
]


def modules() -> list[str]:
    found = (m.name for p in PACKAGES for m in pkgutil.walk_packages([str(ROOT / p)], f"{p}."))
    return [name for name in found if ".migrations" not in name and not name.endswith("__main__")]


def page_classes() -> dict[str, list[type]]:
    """Return, by template, the dataclasses of our modules that have its name."""
    pages: dict[str, list[type]] = {}
    for name in modules():
        for value in vars(importlib.import_module(name)).values():
            if isinstance(value, type) and dataclasses.is_dataclass(value) and value.__module__ == name:
                template = template_of(value)
                if (ROOT / "templates" / template).exists():
                    pages.setdefault(template, []).append(value)
    return pages


def templates() -> list[str]:
    return sorted(
        path.relative_to(ROOT / "templates").as_posix()
        for package in PACKAGES
        for path in (ROOT / "templates" / package).glob("*.html")
        if not path.name.startswith("_")
    )


@pytest.mark.parametrize(
    "names", SUBSETS, ids=lambda names: "+".join(name.partition(".")[0] for name in names)
)
def test_the_application_starts_with_any_subset_of_components(
    names: tuple[str, ...], settings: Settings
) -> None:
    house = composition.compose(settings, names)
    paths = {getattr(route, "path", "") for route in composition.create_app(house).routes}
    assert "/healthz" in paths
    assert [part.name for part in house.components] == [name.partition(".")[0] for name in names]


def test_every_template_is_one_page_and_every_page_one_template() -> None:
    pages = page_classes()
    extended = {"quality/static_page.html"}
    assert [name for name in templates() if name not in pages and name not in extended] == []


def test_a_template_uses_only_the_fields_of_its_page(house: House) -> None:
    environment = house.templates
    known = {"shell", "_", "gettext", "ngettext", *environment.globals}
    wrong = {}
    for name, classes in page_classes().items():
        source = (ROOT / "templates" / name).read_text(encoding="utf-8")
        tree = environment.parse(source)
        used = meta.find_undeclared_variables(tree) - known - own_names(tree) - macros(tree)
        extra = [used - variables_of(page) for page in classes]
        if all(extra):
            wrong[name] = sorted(min(extra, key=len))
    assert wrong == {}


def variables_of(page: type) -> set[str]:
    """A page gives its fields; a card of the home page is itself the variable `panel`."""
    return {"panel"} if is_panel(page) else {field.name for field in dataclasses.fields(page)}


def is_panel(page: type) -> bool:
    return page.__name__.endswith("Panel") and not page.__name__.startswith(("Home", "Placed"))


def test_a_card_of_the_home_page_uses_only_what_its_panel_has(house: House) -> None:
    wrong = {}
    for name, classes in page_classes().items():
        for panel in filter(is_panel, classes):
            tree = house.templates.parse((ROOT / "templates" / name).read_text(encoding="utf-8"))
            known = {field.name for field in dataclasses.fields(panel)} | set(vars(panel))
            wrong[name] = sorted(attributes_of("panel", tree) - known)
    assert {name: extra for name, extra in wrong.items() if extra} == {}


def attributes_of(variable: str, tree: nodes.Template) -> set[str]:
    return {
        each.attr
        for each in tree.find_all(nodes.Getattr)
        if isinstance(each.node, nodes.Name) and each.node.name == variable
    }


def macros(tree: nodes.Template) -> set[str]:
    """Collect the macros of a template and their arguments."""
    found = list(tree.find_all(nodes.Macro))
    return {macro.name for macro in found} | {argument.name for macro in found for argument in macro.args}


@pytest.mark.parametrize("name", [*NAMES.values(), "QUALITY_SECRET_KEY_FILE", "QUALITY_TEST_REQUIRE_ALL"])
def test_every_setting_is_in_the_readme(name: str) -> None:
    assert f"`{name}`" in README


def test_every_command_is_in_the_readme() -> None:
    program = typer.Typer()
    program.add_typer(cli.app)
    for part in component.load(composition.COMPONENTS):
        if part.commands is not None:
            part.commands(program)
    missing = [
        name for name in _commands(typer.main.get_command(program), "") if f"`quality {name}" not in README
    ]
    assert missing == []


def _commands(command: click.Command, prefix: str) -> list[str]:
    if not isinstance(command, click.Group):
        return [prefix.strip()]
    return [line for name, child in command.commands.items() for line in _commands(child, f"{prefix} {name}")]


def test_every_job_is_in_the_readme() -> None:
    parts = component.load(composition.COMPONENTS)
    house_jobs = [each.name for part in parts for each in (*part.jobs, *part.terms)]
    assert [name for name in house_jobs if f"`{name}`" not in README] == []


def test_every_driver_has_its_test_file() -> None:
    drivers = [
        p.stem
        for p in (ROOT / "surveys/channels").glob("*.py")
        if re.match(r"(sms|email|voice)_|memory", p.stem)
    ]
    assert len(drivers) >= 3
    assert [name for name in drivers if not (ROOT / f"tests/surveys/channels/test_{name}.py").exists()] == []


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_indicator_says_what_it_is_in_both_languages(code: str) -> None:
    indicator = CATALOGUE[code]
    for text in (indicator.label, indicator.sentence, indicator.numerator, indicator.denominator):
        assert text.fr
        assert text.en
    assert indicator.source


def test_no_file_grows_past_its_room() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): count
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.parts
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


def test_nothing_names_a_machine_or_a_registry() -> None:
    marks = re.compile(
        r"[.]{2}/shared|/(?:work|root)/|https?://[a-z.]*(?:py" + "pi|pythonh" + "osted|npm" + "js)"
    )
    patterns = ("**/*.py", "*.md", "*.toml", "*.txt", "Makefile", ".ci/run", "templates/**/*.html")
    files = [path for pattern in patterns for path in ROOT.glob(pattern) if ".venv" not in path.parts]
    ours = [path for path in files if path.name != "test_architecture.py"]
    assert [str(p.relative_to(ROOT)) for p in ours if marks.search(p.read_text(encoding="utf-8"))] == []


def test_every_picture_of_the_readme_is_there_and_is_taken_by_the_script() -> None:
    pictures = set(re.findall(r"\]\(docs/(\w+)\.png\)", (ROOT / "README.md").read_text(encoding="utf-8")))
    taken = set(re.findall(r'Picture\("(\w+)"', (ROOT / "docs/screenshots.py").read_text(encoding="utf-8")))
    assert pictures
    assert pictures <= taken
    assert {path.stem for path in (ROOT / "docs").glob("*.png")} == taken
