"""What is published in versions, on its pages: the version that an address names, the others, its file."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from quality.errors import NotFound
from quality.web import languages
from quality.web.format import moment_text
from quality.web.languages import counted
from quality.web.languages import gettext as _
from quality.web.platform import PARIS


class Version(Protocol):
    """What this reads of a published version."""

    @property
    def version(self) -> int: ...

    @property
    def published_at(self) -> datetime: ...


T = TypeVar("T", bound=Version)
Line = tuple[str, str, str]  # its words, when it was published, its address


def version_named(request: Request, known: Sequence[T]) -> T:
    """Give the version that an address names, else the newest, which is the first."""
    asked = request.path_params.get("version") or request.query_params.get("version", "")
    found = [each for each in known if not asked or str(each.version) == str(asked)]
    if not found:
        raise NotFound
    return found[0]


def versions_listed(
    request: Request, known: Iterable[Version], address: str
) -> tuple[tuple[str, str, str], ...]:
    """List the versions, the one shown without address."""
    shown = request.path_params.get("version")
    return tuple(
        (
            counted(_("Version {num}"), each.version),
            when(each.published_at),
            "" if each.version == shown else f"{address}/versions/{each.version}",
        )
        for each in known
    )


def when(at: datetime) -> str:
    return moment_text(at.astimezone(PARIS), languages.current())


def yaml_file(text: str, name: str, version: int) -> Response:
    return attached(text, "application/yaml", f"{name}-v{version}.yaml")


def attached(content: str | bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
