"""What channels are called on screen, by their code: the one place of these words."""

from collections.abc import Mapping

from quality.french import french

# One message or call, several of them, and the way that somebody prefers.
ONE: Mapping[str, str] = {"sms": french("SMS"), "email": french("E-mail"), "phone": french("Appel")}
MANY: Mapping[str, str] = {"sms": french("SMS"), "email": french("E-mails"), "phone": french("Appels")}
WAYS: Mapping[str, str] = {"sms": french("SMS"), "email": french("E-mail"), "phone": french("Téléphone")}
FIRST: Mapping[str, str] = {"sms": french("Premier SMS"), "email": french("Premier e-mail")}
REMINDER: Mapping[str, str] = {"sms": french("SMS de rappel"), "email": french("E-mail de rappel")}
