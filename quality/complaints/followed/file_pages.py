"""/suivi/{token}/photo: a client adds a photo or a PDF to their complaint, one a form."""

from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from quality import clock
from quality.complaints.followed import joining
from quality.complaints.followed.screens import FollowedFile
from quality.complaints.followed.visiting import PREFIX, Visitor, posting, reading
from quality.db import transaction
from quality.web.answer_forms import file_form_of
from quality.web.format import phone_text
from quality.web.languages import gettext as _
from quality.web.routing import public

HREF = f"{PREFIX}{{token}}/photo"


async def ask(visitor: Visitor) -> Response:
    return visitor.go() if visitor.followed.is_withdrawn else visitor.show(_page(visitor))


async def send(visitor: Visitor, form: FormData) -> Response:
    if visitor.followed.is_withdrawn:
        return visitor.go()
    sent = form.get("fichier")
    if not isinstance(sent, UploadFile) or not sent.filename:
        return visitor.show(_page(visitor, _("Choisissez une photo ou un document")), 422)
    if (sent.size or 0) > joining.LARGEST_BYTES:
        heavy = _("Ce fichier est trop lourd : %(count)s Mo au plus") % {"count": joining.LARGEST_MB}
        return visitor.show(_page(visitor, heavy), 422)
    content = joining.content_of(sent.file.read(16))
    if content is None:
        return visitor.show(_page(visitor, _("Choisissez une photo ou un PDF")), 422)
    file = joining.Sent(sent.file, content)
    async with transaction("answer") as db:
        is_kept = await joining.join(db, visitor.keyring, visitor.followed.id, file, clock.now())
    return visitor.go(done="photo") if is_kept else visitor.show(_page(visitor, _too_many(visitor)), 429)


def _too_many(visitor: Visitor) -> str:
    """Say that no more are taken today, and how to be heard all the same."""
    if visitor.card.phone:
        said = _("Vous avez déjà envoyé plusieurs fichiers. Pour en montrer d’autres, appelez le %(phone)s")
        return said % {"phone": phone_text(visitor.card.phone)}
    return _("Vous avez déjà envoyé plusieurs fichiers. Attendez demain pour en envoyer d’autres")


def _page(visitor: Visitor, error: str = "") -> FollowedFile:
    followed = visitor.followed
    return FollowedFile(
        token=visitor.token,
        provider=followed.provider,
        is_named=followed.disclosure == "named" and not followed.is_serious,
        largest=joining.LARGEST_MB,
        errors=[("fichier", error)] if error else (),
    )


ROUTES = (
    public(HREF, reading(ask), name="followed-file"),
    public(HREF, posting(send, file_form_of), methods=("POST",), name="followed-send-file"),
)
