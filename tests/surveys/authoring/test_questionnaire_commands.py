"""`quality questionnaire export|import`: out to a workbook, in to a YAML file or to a published version."""

import asyncio
import json
import os
import sys
from pathlib import Path

import asyncpg

from quality import postgres
from surveys.questionnaire.reading import library, read_yaml
from tests.conftest import SECRET
from tests.surveys.questionnaire.xlsform.sheets import xlsx
from tests.world import World

LOST = """
| survey |
| type | name | label | required |
| select_one on | on | Alors ? | yes |
| geopoint | ici | Où ? | |
| choices |
| list_name | name | label |
| on | yes | Oui |
| on | no | Non |
| settings |
| form_title | form_id | version |
| Alors | alors | 1 |
"""


async def told(server: postgres.Server, *arguments: object) -> tuple[int, str, str]:
    """Run `quality questionnaire` in a process of its own."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "quality", "questionnaire", *map(str, arguments),
        env={**os.environ, "QUALITY_DATABASE_URL": server.application_url, "QUALITY_SECRET_KEY": SECRET},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, said = await child.communicate()
    return child.returncode or 0, output.decode().replace("\xa0", " "), said.decode().replace("\xa0", " ")


async def test_a_published_version_goes_out_and_comes_in_as_the_next_one(
    world: World, server: postgres.Server, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    platform = await owner.fetchval("SELECT code FROM platform WHERE id = $1", world.platform)
    workbook, definition = tmp_path / "suivi.xlsx", tmp_path / "suivi.yaml"
    code, output, said = await told(server, "export", "default:2", "--out", workbook, "--platform", platform)
    assert (code, "7 questions" in output) == (0, True), said
    arguments = ("--publish", "--platform", platform, "--out", definition)
    code, output, said = await told(server, "import", workbook, *arguments)
    assert (code, output) == (0, "default (version 3, 7 questions) : publié.\n"), said
    assert read_yaml(definition.read_text()).items == library("default").items
    versions = await owner.fetch(
        "SELECT version FROM questionnaire_version WHERE code = 'default' ORDER BY 1"
    )
    assert [row["version"] for row in versions] == [2, 3]


async def test_what_is_lost_is_said_and_what_must_be_mended_ends_with_1(
    world: World, server: postgres.Server, tmp_path: Path
) -> None:
    workbook = tmp_path / "alors.xlsx"
    workbook.write_bytes(xlsx(LOST))
    code, output, _ = await told(server, "import", workbook, "--json")
    [line] = json.loads(output)
    assert (code, line["sheet"], line["row"], line["column"], line["stops"]) == (
        0,
        "survey",
        3,
        "type",
        False,
    )
    workbook.write_bytes(xlsx(LOST.replace("select_one on ", "select_one oui ")))
    code, output, said = await told(server, "import", workbook, "--out", tmp_path / "alors.yaml")
    assert code == 1
    assert (
        "à corriger, survey, ligne 2, type : La liste « oui » n’est pas dans la feuille « choices »" in said
    )
    assert not (tmp_path / "alors.yaml").exists()


async def test_what_is_not_there_is_said(world: World, server: postgres.Server, tmp_path: Path) -> None:
    code, _, said = await told(server, "import", tmp_path / "rien.xlsx")
    assert (code, "n’existe pas" in said) == (1, True)
    code, _, said = await told(server, "export", "inconnu")
    assert (code, "Le questionnaire inconnu n’existe pas." in said) == (1, True), said
    workbook = tmp_path / "texte.xlsx"
    workbook.write_text("type;name")
    code, _, said = await told(server, "import", workbook)
    assert (code, "n’est pas un classeur" in said) == (1, True)
