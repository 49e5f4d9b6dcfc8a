"""What `quality doctor` says of the surveys: which carriers are set, and what to write at the gateway."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from surveys.dispatch.hooks import incoming_url

if TYPE_CHECKING:
    from quality.app import House


async def examine(house: "House") -> list[str]:
    """Name the carrier of each channel; for Kannel, give the get-url of its sms-service."""
    settings = house.settings
    sms, email = urlsplit(settings.sms_url), urlsplit(settings.email_url)
    lines = [
        f"SMS : {_place(sms.scheme, sms.hostname)}.",
        f"E-mail : {_place(email.scheme, email.hostname)}.",
    ]
    if sms.scheme == "kannel":
        lines.append(f"À écrire dans Kannel (groupe sms-service, get-url) : {incoming_url(house)}")
    return lines


def _place(scheme: str, host: str | None) -> str:
    if not scheme:
        return "aucun moyen d’envoi, rien ne part"
    return f"{scheme}, {host}" if host else f"{scheme}, gardés en base sans être envoyés"
