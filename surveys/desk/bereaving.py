"""After a death: the provider is told when the family wishes it, by the reference that it gave itself."""

from typing import Any

from quality.complaints.ladder.recipients import Who, recipients
from quality.db import Connection, fetch_one
from quality.mail import outbox
from quality.web import languages
from quality.web.languages import gettext as _

Row = dict[str, Any]
CLIENT = "SELECT reference, provider_id FROM client WHERE id = $1"


async def tell_provider(db: Connection, case: Row) -> None:
    """Write to those who answer for the provider; no name leaves the house (pool `work`)."""
    client = await fetch_one(db, CLIENT, case["client_id"])
    if client is None:
        return
    for each in await recipients(db, case["platform_id"], Who.provider, client["provider_id"]):
        with languages.using(each.language):
            subject = _("Une personne que vous accompagnez est décédée")
            text = _(
                "Bonjour,\n\nUne famille nous a appris le décès de la personne dont votre référence est "
                "%(reference)s. Elle a souhaité que nous vous prévenions.\n\nNous n’appelons plus cette "
                "personne et ne lui écrivons plus. Vous pouvez le noter dans votre prochain fichier."
            )
        await outbox.write(
            db, case["platform_id"], each.email, subject, text % {"reference": client["reference"]}
        )
