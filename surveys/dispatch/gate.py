"""The gate: what must hold for a message or a call to leave, one named line each.

A test drops each line in turn and turns red. $1 is the business instant; a: attempt, i: invitation,
c: client, e: endpoint, p: person, m: the complaint that a follow-up is about.
"""

from collections.abc import Callable, Mapping

from surveys.protocol.planning import LEAST_APART

CAP_HOURS = 30 * 24
RECENT_KEPT = 4
CONTACTS_PER_COMPLAINT = 2


ANY = "i.id"  # the request of the attempt that is looked at


def of_request(child: str, request: str = ANY) -> str:
    """Write that a row is of a request, in a form that lets the planner leave the other months alone.

    Attempts and answers of one request have its id but for the last octet, so they are in one partition.
    """
    return f"{child}.id BETWEEN child_id({request}, 0) AND child_id({request}, 255)"


Bounds = tuple[str, str]


def of_span(child: str, span: Bounds) -> str:
    """Write that a row is of a request of a span: the plan leaves the other months alone."""
    return f"{child}.id BETWEEN {span[0]} AND {span[1]}"


# News, verdicts and appointments follow the client's own complaint: counted apart, whatever they refused.
FOLLOWS_UP = "a.purpose IN ('news', 'verdict', 'appointment')"

# The day whose budget a message spends.
DAY = "($1::timestamptz AT TIME ZONE 'Europe/Paris')::date"
# Days keep their own count: a clock that is put back finds what the day before had spent.
SPENT = f"coalesce((s.spent ->> to_char({DAY}, 'YYYY-MM-DD'))::integer, 0)"
RESTRAINS = "SELECT 1 FROM channel_setting s WHERE s.platform_id = a.platform_id AND s.channel = a.channel"


# The person's last contact is looked at first, so that their other messages are hardly ever read.
LEAVES_APART = """(a.purpose <> 'survey' OR a.channel = 'phone' OR a.counted_at IS NOT NULL
        OR coalesce(p.recent[1], '-infinity') < a.opens_at - interval '1 hour')"""


def left_with_it(states: str) -> str:
    """Write that a message about another visit left for the same person while this one was due.

    Two that were due together are one: after an outage nobody gets one message a visit.
    """
    return f"""EXISTS (
        SELECT 1 FROM attempt b
        WHERE b.endpoint_id = a.endpoint_id AND b.person_id = a.person_id AND b.channel = a.channel
            AND b.audience = a.audience AND b.purpose = 'survey' AND b.invitation_id <> a.invitation_id
            AND b.id BETWEEN uuid7_floor($1 - interval '60 days') AND uuid7_floor($1 + interval '2 days')
            AND b.counted_at >= a.opens_at - interval '1 hour' AND b.state IN ({states}))"""


# A claim locks its person and reads this row again, but other attempts as they were when it began: it may
# believe them only if nobody was counted since (the inner row is of the beginning, `p` is the locked one).
# One who was contacted since waits for the next claim.
UNCHANGED = "p.recent IS NOT DISTINCT FROM (SELECT p0.recent FROM person p0 WHERE p0.id = p.id)"

# What may have reached somebody.
GONE = "'claimed', 'sending', 'sent', 'delivered', 'uncertain'"
APART = f"interval '{LEAST_APART.total_seconds() / 3600:g} hours'"
REACHED = f"b.invitation_id = a.invitation_id AND b.counted_at IS NOT NULL AND b.state IN ({GONE})"
LONG_AGO = f"""(a.purpose <> 'survey' OR a.counted_at IS NOT NULL
        OR coalesce(p.recent[1], '-infinity') <= $1 - {APART})"""


def left_lately(attempts: str) -> str:
    """Write that another step of the request, whose attempts `b` are read so, left lately.

    The calls of one step follow the delays of the desk instead.
    """
    return f"""EXISTS (
        SELECT 1 FROM attempt b
        WHERE {attempts} AND {REACHED} AND b.step <> a.step AND b.counted_at > $1 - {APART})"""


_COLUMNS = {
    "client": (("mobile", "phone"), ("phone", "phone"), ("email", "email")),
    "relative": (("relative_phone", "phone"), ("relative_email", "email")),
}


def _address(write: Callable[[str], str]) -> str:
    """Choose, among the client's columns, the one whose key is still the endpoint's; none when it changed."""
    cases = [
        f"WHEN a.audience = '{audience}' AND e.kind = '{kind}' AND e.key = c.{name}_key THEN {write(name)}"
        for audience, columns in _COLUMNS.items()
        for name, kind in columns
    ]
    return f"CASE {' '.join(cases)} END"


PLACE = _address(lambda name: f"'client.{name}'")
CIPHER = _address(lambda name: f"c.{name}_cipher")


def lines_of(request: str, span: Bounds | None = None) -> dict[str, str]:
    """Write the gate of the attempts of `request`: any one's, or one known before the statement runs.

    Given the span of the requests, a statement does not compute that of each row.
    """
    attempts, responses = (
        of_span(child, span) if span and request == ANY else of_request(child, request) for child in "br"
    )
    return {
        "it waits": "a.state IN ('planned', 'deferred')",
        "its window is open": "a.opens_at <= $1",
        "its window is not over": "a.closes_at > $1",
        "the carrier's delay is over": "(a.not_before IS NULL OR a.not_before <= $1)",
        "nobody holds its channel": f"NOT EXISTS ({RESTRAINS} AND s.held_at IS NOT NULL)",
        "the budget of the day is not spent": f"""(a.counted_at IS NOT NULL OR NOT EXISTS (
            {RESTRAINS} AND s.per_day <= {SPENT}))""",
        "the request is open": "i.closed_at IS NULL",
        "the request is not over": "i.closes_at > $1",
        "this audience has not answered": f"""(a.purpose <> 'survey' OR i.answered_at IS NULL OR NOT EXISTS (
            SELECT 1 FROM response r
            WHERE {responses} AND r.invitation_id = i.id
                AND (r.respondent = 'client') = (a.audience = 'client')))""",
        "no later step is due or gone": f"""(a.purpose <> 'survey' OR NOT EXISTS (
            SELECT 1 FROM attempt b
            WHERE {attempts} AND b.invitation_id = i.id AND b.purpose = 'survey'
                AND b.id > a.id AND (b.state IN ({GONE})
                     OR (b.state IN ('planned', 'deferred') AND b.opens_at <= $1 AND b.give_up_at > $1))))""",
        "the step before left long enough ago": f"""({LONG_AGO}
            OR ({UNCHANGED} AND NOT {left_lately(attempts)}))""",
        "no message about another visit left with it": f"""({LEAVES_APART}
            OR ({UNCHANGED} AND NOT {left_with_it(GONE)}))""",
        "the endpoint has not refused": f"({FOLLOWS_UP} OR e.refused_at IS NULL)",
        "the endpoint works": "(e.wrong_at IS NULL AND (a.channel = 'phone' OR e.failed_at IS NULL))",
        "its endpoint is still the client's": f"(a.purpose <> 'survey' OR {PLACE} IS NOT NULL)",
        "the person has not refused": f"({FOLLOWS_UP} OR a.audience <> 'client' OR p.refused_at IS NULL)",
        "the person is not deceased": "p.deceased_at IS NULL",
        "the client is at home": """(c.status = 'active'
            OR (c.status <> 'deceased' AND c.status_since > ($1::timestamptz AT TIME ZONE 'UTC')::date))""",
        "its place is still the client's": "a.departement = c.departement",
        "the client may be asked": f"({FOLLOWS_UP} OR c.contact IS DISTINCT FROM 'no')",
        "no complaint is open": """(a.purpose <> 'survey' OR NOT EXISTS (
            SELECT 1 FROM complaint_subject s JOIN complaint k ON k.id = s.id
            WHERE s.client_id = c.id AND k.state NOT IN ('closed', 'merged')))""",
        "the endpoint is under the cap": f"""(a.purpose <> 'survey' OR a.counted_at IS NOT NULL
            OR coalesce(e.recent[a.contact_cap], '-infinity') <= $1 - interval '{CAP_HOURS} hours')""",
        "the person is under the cap": f"""(a.purpose <> 'survey' OR a.counted_at IS NOT NULL
            OR coalesce(p.recent[a.contact_cap], '-infinity') <= $1 - interval '{CAP_HOURS} hours')""",
        "the complaint is under its cap": f"""(NOT {FOLLOWS_UP} OR a.counted_at IS NOT NULL
            OR coalesce(m.contacts, {CONTACTS_PER_COMPLAINT}) < {CONTACTS_PER_COMPLAINT})""",
        "its complaint still awaits it": """(a.purpose NOT IN ('news', 'verdict')
            OR coalesce(m.state, '') = 'remedied'
            OR (a.purpose = 'news' AND coalesce(m.state, '') IN ('opened', 'acknowledged')))""",
    }


# Read again on the complaint's row once it is locked.
OF_ITS_COMPLAINT = ("the complaint is under its cap", "its complaint still awaits it")
GATE: Mapping[str, str] = lines_of(ANY)
# What may have changed between the claim and the call of the carrier.
CHECKED_AGAIN = (
    "nobody holds its channel",
    "its window is open",
    "its window is not over",
    "the request is open",
    "the request is not over",
    "this audience has not answered",
    "the endpoint has not refused",
    "the endpoint works",
    "its endpoint is still the client's",
    "the person has not refused",
    "the person is not deceased",
    "the client is at home",
    "its place is still the client's",
    "the client may be asked",
    "no complaint is open",
    "its complaint still awaits it",
)

PARTIES = """
    JOIN invitation i ON i.id = a.invitation_id
    JOIN client c ON c.id = a.client_id
    JOIN endpoint e ON e.id = a.endpoint_id
    JOIN person p ON p.id = a.person_id
"""
JOINED = f"{PARTIES} LEFT JOIN complaint m ON m.id = i.complaint_id"
