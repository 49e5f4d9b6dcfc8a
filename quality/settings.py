"""Settings, read once from the environment, and the numbered findings of `quality check`."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation may choose. Each field is documented in the README under its environment name."""

    database_url: str = ""
    owner_url: str = ""
    home: Path = Path(".quality")
    secret_key: str = ""
    base_url: str = "http://127.0.0.1:8000"
    sms_url: str = ""
    email_url: str = ""
    log_level: str = "info"
    trusted_proxies: str = "127.0.0.1"
    demo: bool = False

    @property
    def is_embedded(self) -> bool:
        """Say whether the database is the one this program starts itself (no QUALITY_DATABASE_URL)."""
        return not self.database_url

    def changed(self, **fields: object) -> "Settings":
        return replace(self, **fields)  # type: ignore[arg-type]


NAMES: Mapping[str, str] = {
    "database_url": "QUALITY_DATABASE_URL",
    "owner_url": "QUALITY_OWNER_URL",
    "home": "QUALITY_HOME",
    "secret_key": "QUALITY_SECRET_KEY",
    "base_url": "QUALITY_BASE_URL",
    "sms_url": "QUALITY_SMS_URL",
    "email_url": "QUALITY_EMAIL_URL",
    "log_level": "QUALITY_LOG_LEVEL",
    "trusted_proxies": "QUALITY_TRUSTED_PROXIES",
}


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the QUALITY_* variables; QUALITY_SECRET_KEY_FILE names a file that holds the key."""
    source = os.environ if environment is None else environment
    found: dict[str, object] = {field: source[name] for field, name in NAMES.items() if source.get(name)}
    if "home" in found:
        found["home"] = Path(str(found["home"]))
    key_file = source.get("QUALITY_SECRET_KEY_FILE")
    if key_file and "secret_key" not in found:
        found["secret_key"] = Path(key_file).read_text(encoding="ascii").strip()
    return Settings(**found)  # type: ignore[arg-type]


def is_ci(environment: Mapping[str, str] | None = None) -> bool:
    """Say whether nothing may be skipped (QUALITY_TEST_REQUIRE_ALL=1)."""
    source = os.environ if environment is None else environment
    return source.get("QUALITY_TEST_REQUIRE_ALL") == "1"


@dataclass(frozen=True, slots=True)
class Finding:
    """One numbered remark on the settings: what is wrong and what to do."""

    number: int
    is_error: bool
    message: str
    hint: str

    @property
    def code(self) -> str:
        return f"Q{self.number:03d}"


def findings(settings: Settings) -> tuple[Finding, ...]:
    """List what `quality check` has to say; an error stops `serve` and `worker`."""
    return tuple(finding for rule in _RULES if (finding := rule(settings)))


def _database_scheme(settings: Settings) -> Finding | None:
    if settings.is_embedded or urlsplit(settings.database_url).scheme in {"postgres", "postgresql"}:
        return None
    return Finding(
        1,
        True,
        "QUALITY_DATABASE_URL n’est pas une adresse PostgreSQL.",
        "Écrivez postgresql://utilisateur:mot-de-passe@hôte/base.",
    )


def _same_login(settings: Settings) -> Finding | None:
    if not settings.owner_url or settings.is_embedded:
        return None
    if urlsplit(settings.owner_url).username != urlsplit(settings.database_url).username:
        return None
    return Finding(
        2,
        True,
        "QUALITY_DATABASE_URL et QUALITY_OWNER_URL se connectent avec le même compte.",
        "L’application refuse le propriétaire : créez un compte NOINHERIT sans droit de propriété.",
    )


def _secret(settings: Settings) -> Finding | None:
    if settings.is_embedded or len(settings.secret_key) >= 32:
        return None
    return Finding(
        3,
        True,
        "QUALITY_SECRET_KEY manque ou a moins de 32 caractères.",
        "Tirez-en une avec : python -c 'import secrets; print(secrets.token_urlsafe(48))'.",
    )


def _base_scheme(settings: Settings) -> Finding | None:
    parts = urlsplit(settings.base_url)
    if parts.scheme in {"http", "https"} and parts.netloc and not parts.query:
        return None
    return Finding(
        4,
        True,
        "QUALITY_BASE_URL n’est pas une adresse http.",
        "Écrivez par exemple https://avis.exemple.fr.",
    )


def _base_length(settings: Settings) -> Finding | None:
    if len(settings.base_url.rstrip("/")) <= BASE_URL_LENGTH:
        return None
    return Finding(
        5,
        True,
        f"QUALITY_BASE_URL dépasse {BASE_URL_LENGTH} caractères : l’invitation ne tiendrait plus en un SMS.",
        "Choisissez une adresse plus courte.",
    )


def _plain_http(settings: Settings) -> Finding | None:
    parts = urlsplit(settings.base_url)
    if parts.scheme != "http" or parts.hostname in LOOPBACK:
        return None
    return Finding(
        6,
        False,
        "QUALITY_BASE_URL n’est pas en https.",
        "Placez un serveur mandataire TLS devant l’application.",
    )


def _sms(settings: Settings) -> Finding | None:
    if settings.sms_url:
        return None
    return Finding(
        7,
        False,
        "QUALITY_SMS_URL n’est pas réglé : aucun SMS ne part.",
        "Écrivez kannel://utilisateur:mot-de-passe@hôte:13013/?from=38000.",
    )


def _email(settings: Settings) -> Finding | None:
    if settings.email_url:
        return None
    return Finding(
        8,
        False,
        "QUALITY_EMAIL_URL n’est pas réglé : aucun e-mail ne part.",
        "Écrivez smtp://hôte:587/?from=avis@exemple.fr.",
    )


def _embedded(settings: Settings) -> Finding | None:
    if not settings.is_embedded or settings.demo:
        return None
    return Finding(
        9,
        False,
        "QUALITY_DATABASE_URL n’est pas réglé : la base intégrée sert.",
        "Elle convient à un essai, jamais à la production.",
    )


def _log_level(settings: Settings) -> Finding | None:
    if settings.log_level in LOG_LEVELS:
        return None
    return Finding(
        10, True, "QUALITY_LOG_LEVEL est inconnu.", "Écrivez debug, info, warning, error ou critical."
    )


def _memory(settings: Settings) -> Finding | None:
    urls = (settings.sms_url, settings.email_url)
    is_public = urlsplit(settings.base_url).scheme == "https"
    if settings.demo or not is_public or not any(url.startswith("memory:") for url in urls):
        return None
    return Finding(
        11,
        True,
        "memory:// garde les messages en clair et n’envoie rien : il ne sert qu’à un essai.",
        "Réglez QUALITY_SMS_URL et QUALITY_EMAIL_URL sur de vrais serveurs, ou laissez-les vides.",
    )


def _proxies(settings: Settings) -> Finding | None:
    if all(_is_network(each) for each in settings.trusted_proxies.split(",")):
        return None
    return Finding(
        12,
        True,
        "QUALITY_TRUSTED_PROXIES nomme autre chose que des adresses et des réseaux.",
        "Écrivez l’adresse de vos mandataires, par exemple 127.0.0.1,10.0.0.0/24 ; jamais *.",
    )


def _is_network(written: str) -> bool:
    """Say whether this is an address, or a network that is not everybody.

    >>> [_is_network(written) for written in ("10.0.0.7", " fd00::/64", "*", "", "proxy", "0.0.0.0/0")]
    [True, True, False, False, False, False]
    """
    try:
        return ip_network(written.strip()).prefixlen > 0
    except ValueError:
        return False


BASE_URL_LENGTH = 33
LOG_LEVELS = frozenset({"debug", "info", "warning", "error", "critical"})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_RULES = (
    _database_scheme,
    _same_login,
    _secret,
    _base_scheme,
    _base_length,
    _plain_http,
    _sms,
    _email,
    _embedded,
    _log_level,
    _memory,
    _proxies,
)
