"""The published questionnaires of a platform: read, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import yaml

from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import fetch
from surveys.questionnaire.definition import Questionnaire
from surveys.questionnaire.reading import read_json


@dataclass(frozen=True, slots=True)
class Published:
    """One published version; `author` is empty for what the product ships."""

    code: str
    version: int
    questionnaire: Questionnaire
    published_at: datetime
    author: str


VERSIONS = """
SELECT v.code, v.version, v.definition, v.published_at, coalesce(a.name, '') AS author
FROM questionnaire_version v LEFT JOIN account a ON a.id = v.published_by
WHERE v.platform_id = $1 AND ($2::text IS NULL OR v.code = $2)
"""


async def published(actor: Actor) -> tuple[Published, ...]:
    """Read the version in use of each questionnaire, by code."""
    newest = f"SELECT DISTINCT ON (code) * FROM ({VERSIONS}) AS v ORDER BY code, version DESC"
    async with scoped(actor) as db:
        rows = await fetch(db, newest, actor.platform, None)
    return tuple(_published(row) for row in rows)


async def versions(actor: Actor, code: str) -> tuple[Published, ...]:
    """Read every version of a questionnaire, the newest first."""
    async with scoped(actor) as db:
        rows = await fetch(db, f"{VERSIONS} ORDER BY v.version DESC", actor.platform, code)
    return tuple(_published(row) for row in rows)


def _published(row: Mapping[str, Any]) -> Published:
    read = read_json(row["definition"].encode())
    return Published(row["code"], row["version"], read, row["published_at"], row["author"])


async def moments(actor: Actor) -> dict[str, tuple[str, ...]]:
    """Say at which moments each questionnaire is asked."""
    async with scoped(actor) as db:
        rows = await fetch(
            db,
            """
            SELECT code, array_agg(moment ORDER BY moment) AS moments FROM questionnaire_use
            WHERE platform_id = $1 AND code <> '' GROUP BY code
            """,
            actor.platform,
        )
    return {row["code"]: tuple(row["moments"]) for row in rows}


def as_yaml(questionnaire: Questionnaire) -> str:
    """Write a questionnaire as YAML that `read_yaml` reads again.

    >>> from surveys.questionnaire.reading import library, read_yaml
    >>> read_yaml(as_yaml(library("default"))) == library("default")
    True
    """
    tree = msgspec.to_builtins(questionnaire)
    return str(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=100))
