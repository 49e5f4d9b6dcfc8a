"""The words people write in an SMS, as they are read: accents, capitals and punctuation set aside (pure)."""

import re
import unicodedata

_POLITENESS = """
bonjour bonsoir salut merci beaucoup svp stp s il vous te plait madame monsieur mme m cordialement bonne
journee soiree au revoir de rien c est etait ca tout passe je mets donne dirais dis ma note reponse pour
etoile etoiles point points
hello hi thanks thank you please it was stars points
"""
POLITE = frozenset(_POLITENESS.split())

_REFUSAL = """
stop stopper stoper arret arreter arretez desabonnement desabonner desabonnez desinscription desinscrire
desinscrivez unsubscribe
"""
_REFUSED = "les des vos ces sms message messages textos envoyer ecrire contacter d de me m moi"
_STOP_WORDS, _STOP_OBJECTS = frozenset(_REFUSAL.split()), frozenset(_REFUSED.split())
# A missed refusal is an offence, a false one loses an answer: these decide wherever they open a reply.
_STOP_OPENINGS = (
    "stop",
    "stopper",
    "desabonnement",
    "non merci",
    "unsubscribe",
    "no thanks",
    "no thank you",
)
# The words of our own pages, and those of somebody who never heard of STOP.
_STOP_SENTENCE = re.compile(
    r"\bplus (?:recevoir )?(?:(?:de|d|vos|ces|aucun) )?(?:sms|messages?|textos?)\b"
    r"|\b(?:envoyez|ecrivez|contactez|sollicitez|derangez)(?: moi)? plus\b"
    r"|\blaissez moi tranquille\b|\bleave me alone\b"
    r"|\bno more (?:texts?|messages?|sms)\b|\b(?:not|don t|stop) (?:texting|contacting|text|contact) me\b"
)
_HELP = frozenset({"contact", "contacter", "aide", "help"})
_DONT_KNOW = frozenset(
    {"nsp", "jsp", "sais pas", "sait pas", "ne sais pas", "ne sait pas", "n en sais", "aucune idee"}
    | {"don t know", "i don t know", "dont know", "i do not know", "no idea"}
)
_NOT_CONCERNED = re.compile(r"sans objet|(?:\w+ ){0,4}(?:pas concernee?|concerne pas)")
NUMBERS = {
    "zero": 0, "un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5,
    "six": 6, "sept": 7, "huit": 8, "neuf": 9, "dix": 10,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
}  # fmt: skip
_ARTICLES = frozenset({"un", "one"})
_OUT_OF = re.compile(rf"\b(\d+|{'|'.join(NUMBERS)}) (?:sur|out of) (\d+|{'|'.join(NUMBERS)})\b")
# Hours, counts, dates and telephone numbers hold digits that are no mark.
_MONTHS = (
    "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|january|february"
    "|march|april|may|june|july|august|september|october|november|december"
)
_NO_MARK = re.compile(
    r"\b\d+ ?h ?\d*\b|\b\d+ (?:heures?|hours?|mi?n|minutes?|jours?|days?|semaines?|mois|ans?|fois|times"
    rf"|personnes?|people|euros?|{_MONTHS})\b|(?:\d ?){{9,}}"
)


def plain(text: str) -> str:
    """Keep lower-case words and numbers, one space apart; « / » is « sur ».

    >>> plain("Très bien, 5/5 !")
    'tres bien 5 sur 5'
    """
    decomposed = unicodedata.normalize("NFKD", text.replace("/", " sur ")).casefold()
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z]+|[0-9]+", bare))


def meant(sentence: str) -> str:
    """Leave politeness out.

    >>> meant("bonjour 4 merci")
    '4'
    """
    return " ".join(word for word in sentence.split() if word not in POLITE)


def is_polite(sentence: str) -> bool:
    """Tell words that ask for nothing.

    >>> is_polite("merci bonne journee"), is_polite("merci de m appeler"), is_polite("")
    (True, False, False)
    """
    return bool(sentence) and not meant(sentence)


def is_stop(sentence: str) -> bool:
    """Hear a refusal, whatever was asked.

    >>> is_stop("arretez vos sms"), is_stop("arret de travail de la dame")
    (True, False)
    """
    opens = any(f"{sentence} ".startswith(f"{opening} ") for opening in _STOP_OPENINGS)
    if opens or sentence.endswith(" stop") or _STOP_SENTENCE.search(sentence):
        return True
    said = set(meant(sentence).split()) - _STOP_OBJECTS
    return bool(said) and said <= _STOP_WORDS


def is_help(sentence: str) -> bool:
    return meant(sentence) in _HELP


def is_not_known(sentence: str, text: str) -> bool:
    """Tell « ne sait pas », said in words or by a question mark alone."""
    return meant(sentence) in _DONT_KNOW or (not sentence and "?" in text)


def is_not_concerned(sentence: str) -> bool:
    return _NOT_CONCERNED.fullmatch(meant(sentence)) is not None


def numbers(sentence: str, top: int) -> set[int]:
    """Collect the numbers of a reply: « un » is an article unless it is the whole of it.

    >>> numbers("4 sur 5", 5), numbers("quatre", 5), numbers("un retard", 5), numbers("2 h de retard", 5)
    ({4}, {4}, set(), set())
    """
    words = _NO_MARK.sub(" ", _without_denominator(sentence, top)).split()
    digits = {int(word) for word in words if word.isdigit()}
    if digits:
        return digits | {NUMBERS[word] for word in words if word in NUMBERS and word not in _ARTICLES}
    whole = _without_denominator(meant(sentence), top)
    return {NUMBERS[whole]} if whole in NUMBERS else set()


def _without_denominator(sentence: str, top: int) -> str:
    return _OUT_OF.sub(lambda m: m[1] if NUMBERS.get(m[2], m[2]) in (top, str(top)) else m[0], sentence)
