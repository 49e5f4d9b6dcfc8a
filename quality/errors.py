"""The error tree: each error knows its HTTP status and what to tell the person.

QualityError
├── NotFound            404  unknown, or not yours
├── Forbidden           403  you are signed in, but this is not for your role
├── SignInRequired      401  nobody is signed in
├── Conflict            409  the state no longer allows it
├── Invalid             422  what was sent cannot be accepted
├── TooLarge            413  larger than what is accepted
├── TooMany             429  too many tries
├── Unavailable         503  the database or a carrier does not answer
└── Refused             422  a command refused with a clear message (exit 1)
"""

from dataclasses import dataclass

from quality.french import french


class QualityError(Exception):
    """Say what happened and what to do; `message` is a French sentence, the key of the translation."""

    status = 500
    title = french("Une erreur s’est produite")

    def __init__(self, message: str = "", **values: object) -> None:
        self.message = message or self.title
        self.values = values
        super().__init__(self.message.format_map(values) if values else self.message)


class NotFound(QualityError):
    status = 404
    title = french("Page introuvable")


class Forbidden(QualityError):
    status = 403
    title = french("Cette page n’est pas ouverte à votre rôle")


class SignInRequired(QualityError):
    status = 401
    title = french("Connectez-vous pour continuer")


class Conflict(QualityError):
    status = 409
    title = french("Cette action n’est plus possible")


class TooLarge(QualityError):
    status = 413
    title = french("Le fichier est trop lourd")


class TooMany(QualityError):
    status = 429
    title = french("Trop d’essais")


class Unavailable(QualityError):
    status = 503
    title = french("Le service ne répond pas pour l’instant")


class Refused(QualityError):
    status = 422
    title = french("La demande est refusée")


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field of a form, and what to do about it."""

    field: str
    message: str


class Invalid(QualityError):
    """A form or a document that cannot be accepted; `errors` locate each reason."""

    status = 422
    title = french("Ces informations ne peuvent pas être enregistrées")

    def __init__(self, message: str = "", errors: tuple[FieldError, ...] = (), **values: object) -> None:
        super().__init__(message, **values)
        self.errors = errors
