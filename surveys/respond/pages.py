"""The addresses of the answer pages: no session, no script; GET and HEAD change nothing.

The questions themselves are in `surveys/door/pages.py`, where a code from paper opens the first one.
"""

from quality.web.routing import PUBLIC, Access, GuardedRoute, public
from surveys.respond import calling, refusal, sharing, thanks, who, wishing
from surveys.respond.reader import posting, reading

STOP = GuardedRoute("/s/{token}/stop", refusal.stop, methods=["POST"], name="answer-refuse")
STOP.access = Access(STOP.path, frozenset({"POST"}), PUBLIC, is_public=True)

# Those that everybody opens are matched first.
ROUTES = (
    public("/s/{token}/qui", reading(who.show), name="answer-who"),
    public("/s/{token}/merci", reading(thanks.show), name="answer-thanks"),
    public("/s/{token}/qui", posting(who.say), methods=("POST",), name="answer-said-who"),
    public("/s/{token}/lecteurs", reading(sharing.show), name="answer-readers"),
    public("/s/{token}/lecteurs", posting(sharing.choose), methods=("POST",), name="answer-choose-readers"),
    public("/s/{token}/probleme", reading(wishing.ask), name="answer-problem"),
    public("/s/{token}/probleme", posting(wishing.tell), methods=("POST",), name="answer-problem-told"),
    public("/s/{token}/souhait", reading(wishing.show), name="answer-wish"),
    public("/s/{token}/souhait", posting(wishing.choose), methods=("POST",), name="answer-wished"),
    public("/s/{token}/rappel", reading(calling.show), name="answer-callback"),
    public("/s/{token}/rappel", posting(calling.choose), methods=("POST",), name="answer-call-me"),
    public("/s/{token}/stop", reading(refusal.show), name="answer-stop"),
    STOP,
)
