"""/protocoles: the protocols of the platform, one version in plain words, its YAML, and who follows which."""

from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.access.actor import Role
from quality.access.refusals import said
from quality.component import MenuEntry
from quality.errors import Invalid
from quality.french import french
from quality.web.languages import counted, ngettext
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.protocol.definition import ProtocolRefused
from surveys.protocol.editing import drafts, usage
from surveys.protocol.editing.drafts import Draft, Published
from surveys.protocol.editing.warnings import warnings
from surveys.protocol.editing.words import Section, told
from surveys.versions import version_named, versions_listed, when, yaml_file

HREF = "/protocoles"
READERS = frozenset({Role.platform, Role.supervisor})
WRITERS = frozenset({Role.platform})
LARGEST_YAML = 64 * 1024
TOO_LARGE = french("Ce fichier dépasse 64 ko : ce n’est pas un protocole.")
NOT_TEXT = french("Ce fichier n’est pas un texte en UTF-8.")
DONE = {
    "publie": french("La nouvelle version est publiée. Les demandes déjà parties gardent la leur."),
    "supprime": french("Le brouillon est supprimé."),
    "usage": french("C’est enregistré : les prochaines visites suivront ce protocole."),
}
Errors = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ProtocolLine:
    """One protocol of the list; `version` is 0 before the first one is published."""

    name: str
    label: str
    version: int
    published: str
    used: str
    draft: str


@dataclass(frozen=True, slots=True)
class ProtocolList:
    """The page; `options` are (name, label) of published protocols, `providers` (code, name) pairs."""

    lines: tuple[ProtocolLine, ...]
    may_write: bool
    options: tuple[tuple[str, str], ...]
    providers: tuple[tuple[str, str], ...]
    usual: str
    own: tuple[tuple[str, str], ...]
    typed: dict[str, str]
    notice: str
    errors: Errors


@dataclass(frozen=True, slots=True)
class ProtocolPage:
    """One version in plain words; `versions` are (number, when, address or "" for this one)."""

    name: str
    label: str
    version: int
    published: str
    is_latest: bool
    sections: tuple[Section, ...]
    attention: tuple[str, ...]
    versions: tuple[tuple[str, str, str], ...]
    draft: str
    may_write: bool
    notice: str


async def protocol_list(request: Request) -> Response:
    return await _list(request)


async def _list(request: Request, typed: dict[str, str] | None = None, errors: Errors = ()) -> Response:
    actor = signed_in(request)
    published, written = await drafts.published(actor), await drafts.drafts(actor)
    used = await usage.read(actor)
    labels = {each.name: each.protocol.label for each in published}
    names = {code: name for code, name, _own in used.providers}
    shown = ProtocolList(
        lines=(
            *(_line(each, used.counts.get(each.name, 0), written.get(each.name)) for each in published),
            *(_new_line(draft) for name, draft in written.items() if name not in labels),
        ),
        may_write=actor.role in WRITERS,
        options=tuple(labels.items()),
        providers=tuple(names.items()),
        usual=used.usual,
        own=tuple((name, labels.get(own, own)) for _code, name, own in used.providers if own),
        typed=typed or {},
        notice=_notice(request),
        errors=errors,
    )
    return await render(request, shown, 422 if errors else 200)


def _notice(request: Request) -> str:
    return _(DONE.get(request.query_params.get("fait", ""), ""))


def _line(each: Published, providers: int, draft: Draft | None) -> ProtocolLine:
    used = ngettext("{num} organisme", "{num} organismes", providers)
    return ProtocolLine(
        name=each.name,
        label=each.protocol.label,
        version=each.version,
        published=when(each.published_at),
        used=counted(used, providers) if providers else _("aucun organisme"),
        draft=draft_words(draft),
    )


def _new_line(draft: Draft) -> ProtocolLine:
    return ProtocolLine(draft.name, draft.form.label or draft.name, 0, "", "", draft_words(draft))


def draft_words(draft: Draft | None) -> str:
    """Say who saved a draft, and when; nothing without one."""
    if draft is None:
        return ""
    if not draft.author:
        return _("Brouillon enregistré le {when}").format(when=when(draft.changed_at))
    return _("Brouillon enregistré par {who}, le {when}").format(
        who=draft.author, when=when(draft.changed_at)
    )


async def protocol_page(request: Request) -> Response:
    """Show the version in use, or an older one; a protocol that is only a draft leads to it."""
    actor, name = signed_in(request), request.path_params["name"]
    known = await drafts.versions(actor, name)
    draft = await drafts.find(actor, name)
    if not known and draft is not None:
        return RedirectResponse(f"{HREF}/{name}/brouillon/relecture", 303)
    chosen = version_named(request, known)
    context = await drafts.context_of(actor)
    shown = ProtocolPage(
        name=name,
        label=chosen.protocol.label,
        version=chosen.version,
        published=when(chosen.published_at),
        is_latest=chosen is known[0],
        sections=told(chosen.protocol, context.interval, context.funders),
        attention=warnings(chosen.protocol, context.funders, context.english),
        versions=versions_listed(request, known, f"{HREF}/{name}"),
        draft=draft_words(draft),
        may_write=actor.role in WRITERS,
        notice=_notice(request),
    )
    return await render(request, shown)


async def protocol_yaml(request: Request) -> Response:
    """Give a version as YAML: the newest, or the one of `version`."""
    name = request.path_params["name"]
    chosen = version_named(request, await drafts.versions(signed_in(request), name))
    return yaml_file(drafts.as_yaml(chosen.protocol), name, chosen.version)


async def create_protocol(request: Request) -> Response:
    typed = await _typed(request)
    try:
        name = await drafts.create(signed_in(request), typed.get("libelle", ""), typed.get("modele", ""))
    except Invalid as error:
        return await _list(request, typed, said(error))
    return RedirectResponse(f"{HREF}/{name}/brouillon", 303)


async def import_protocol(request: Request) -> Response:
    """Open a draft from a file or a pasted text; what is refused comes back with each place."""
    async with request.form() as form:
        upload, pasted = form.get("fichier"), str(form.get("yaml", ""))
        is_file = isinstance(upload, UploadFile) and upload.size
        source = await upload.read(LARGEST_YAML + 1) if is_file else pasted.encode()  # type: ignore[union-attr]
    if len(source) > LARGEST_YAML:
        return await _list(request, {"yaml": pasted}, (("yaml", _(TOO_LARGE)),))
    try:
        text = source.decode()
    except UnicodeDecodeError:
        return await _list(request, {"yaml": pasted}, (("yaml", _(NOT_TEXT)),))
    try:
        brought = await drafts.bring_in(signed_in(request), source)
    except ProtocolRefused as error:
        return await _list(request, {"yaml": text}, tuple(("yaml", words) for words in places(error)))
    written, own = brought.interval_days, (await drafts.context_of(signed_in(request))).interval
    said = f"?intervalle={written}" if written not in {0, own} else ""
    return RedirectResponse(f"{HREF}/{brought.name}/brouillon{said}", 303)


def places(error: ProtocolRefused) -> tuple[str, ...]:
    """Say each place of a refused file and what to do there, in the reader's language."""
    lines = []
    for finding in error.findings:
        words = _(finding.sentence).format_map(finding.values)
        place = finding.path.replace("ligne ", _("ligne") + " ")
        lines.append(_("{place} : {words}").format(place=place, words=words) if place else words)
    return tuple(lines)


async def assign_protocol(request: Request) -> Response:
    typed = await _typed(request)
    try:
        await usage.assign(signed_in(request), typed.get("organisme", ""), typed.get("protocole", ""))
    except Invalid as error:
        return await _list(request, typed, said(error))
    return RedirectResponse(f"{HREF}?fait=usage", 303)


async def _typed(request: Request) -> dict[str, str]:
    return {name: str(value) for name, value in (await request.form()).items()}


ROUTES = (
    page(HREF, protocol_list, roles=READERS),
    page(HREF, create_protocol, roles=WRITERS, methods=("POST",)),
    page(f"{HREF}/importer", import_protocol, roles=WRITERS, methods=("POST",)),
    page(f"{HREF}/usage", assign_protocol, roles=WRITERS, methods=("POST",)),
    page(f"{HREF}/{{name}}.yaml", protocol_yaml, roles=READERS),
    page(f"{HREF}/{{name}}/versions/{{version:int}}", protocol_page, roles=READERS, name="protocol-version"),
    page(f"{HREF}/{{name}}", protocol_page, roles=READERS),
)
MENU = (MenuEntry(HREF, "Protocoles", "clock", READERS, rank=72),)
