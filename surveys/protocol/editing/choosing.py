"""Which writing of a protocol a page is about: one of its versions, or its draft as it would be published."""

from dataclasses import dataclass

from quality.access.actor import Actor
from quality.errors import NotFound
from quality.web.languages import gettext as _
from surveys.protocol.definition import Protocol
from surveys.protocol.editing import drafts

DRAFT = "brouillon"


@dataclass(frozen=True, slots=True)
class Choice:
    """The protocol chosen, its code (« brouillon » or a number), and the codes one may choose, in words."""

    protocol: Protocol
    code: str
    options: tuple[tuple[str, str], ...]

    @property
    def is_draft(self) -> bool:
        return self.code == DRAFT

    @property
    def words(self) -> str:
        return dict(self.options)[self.code]

    @property
    def newest(self) -> str:
        """Give the code of the version in use; nothing before the first one."""
        return next((code for code, _words in self.options if code != DRAFT), "")


async def choose(actor: Actor, name: str, asked: str) -> Choice:
    """Give the version asked, or the draft once nothing is wrong in it; the version in use when none is."""
    known = {str(each.version): each.protocol for each in await drafts.versions(actor, name)}
    options = [(code, _("Version {num}").format(num=code)) for code in known]
    draft = await drafts.find(actor, name)
    if draft is not None:
        reading = drafts.reading_of(draft, await drafts.context_of(actor))
        if not reading.wrong:
            known[DRAFT] = reading.protocol
            options.insert(0, (DRAFT, _("Le brouillon")))
    code = asked or next((code for code in known if code != DRAFT), DRAFT)
    if code not in known:
        raise NotFound
    return Choice(known[code], code, tuple(options))
