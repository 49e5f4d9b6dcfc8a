"""What comes back is read as the server that wrote it means it, and nothing else is believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.channels.bounce import recipients_of, state_of
from surveys.channels.message import ReportState
from tests.surveys.channels.bounced import EXIM_DELAY, OUT_OF_OFFICE, READ, exim, postfix, written

TO = "avis+abc@pleiades.example"
FORWARDED = """
Final-Recipient: rfc822; fille@client.example
Action: {}
Status: 2.0.0
"""
ELSEWHERE = """
Final-Recipient: rfc822; fille@client.example
Action: failed
Status: 5.7.1
"""


@pytest.mark.parametrize(
    ("action", "status", "said", "state"),
    [
        ("failed", "5.1.1", "550 5.1.1 User unknown", ReportState.FAILED),
        ("Failed", "5.0.0", "550 No such user here", ReportState.FAILED),
        ("failed", "5.2.1", "550 5.2.1 Mailbox disabled", ReportState.FAILED),
        ("failed", "5.4.4", "Host or domain name not found", ReportState.FAILED),
        ("failed", "5.7.1", "550 5.7.1 Blocked by a list", ReportState.EXPIRED),
        ("failed", "5.0.0", "554 5.7.1 Blocked by a list", ReportState.EXPIRED),
        ("failed", "5.3.0", "554 System not accepting", ReportState.EXPIRED),
        ("failed", "5.1.8", "550 5.1.8 Bad sender", ReportState.EXPIRED),
        ("failed", "5.2.3", "552 5.2.3 Message too long", ReportState.EXPIRED),
        ("failed", "4.4.7", "Delivery time expired", ReportState.EXPIRED),
        ("failed", "4.0.0", "550 5.1.1 of before", ReportState.EXPIRED),
        ("failed", "", "", ReportState.EXPIRED),
        ("delayed", "4.4.1", "Connection timed out", None),
        ("delivered", "2.0.0", "250 OK", None),
        ("relayed", "2.0.0", "250 OK", None),
    ],
)
def test_a_report_is_read_by_its_action_and_its_status(
    action: str, status: str, said: str, state: ReportState | None
) -> None:
    assert state_of(postfix(TO, action, status, said)) is state


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_message_that_one_of_its_readers_has_arrived(action: str) -> None:
    assert state_of(postfix(TO, more=FORWARDED.format(action))) is None


def test_of_two_failures_the_surer_holds() -> None:
    assert state_of(postfix(TO, more=ELSEWHERE)) is ReportState.FAILED


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("SMTP error from remote mail server after RCPT TO: 550 5.1.1 User unknown", ReportState.FAILED),
        ("Unrouteable address", ReportState.FAILED),
        ("SMTP error from remote mail server after end of data: 550 5.7.1 Spam", ReportState.EXPIRED),
        ("host mx.client.example: Connection timed out: retry timeout exceeded", ReportState.EXPIRED),
    ],
)
def test_a_bounce_without_a_report_is_read_by_its_text(said: str, state: ReportState) -> None:
    assert state_of(exim(TO, said)) is state


@pytest.mark.parametrize("text", [OUT_OF_OFFICE, EXIM_DELAY, READ])
def test_what_is_no_failure_says_nothing(text: str) -> None:
    assert state_of(written(text, TO)) is None


@pytest.mark.parametrize("raw", [b"", b"\xff\x00", b"Content-Type: multipart/report\n\n", b"To: \n\nBonjour"])
def test_what_is_no_message_says_nothing(raw: bytes) -> None:
    assert (state_of(raw), recipients_of(raw)) == (None, ())


def test_a_message_nested_beyond_reason_says_nothing() -> None:
    nested = b"".join(b"Content-Type: multipart/report; boundary=%d\n\n--%d\n" % (n, n) for n in range(5_000))
    assert (state_of(nested), recipients_of(nested)) == (None, ())


@pytest.mark.parametrize("cut", [1400, 2200])
def test_a_report_whose_end_is_missing_is_read_as_far_as_it_goes(cut: int) -> None:
    whole = postfix(TO)
    expected = ReportState.FAILED if b"Status: 5.1.1" in whole[:cut] else None
    assert state_of(whole[:cut]) is expected


@given(st.binary(max_size=300), st.integers(0, 2400))
def test_nothing_that_comes_in_breaks_the_reading(noise: bytes, where: int) -> None:
    whole = postfix(TO)
    for raw in (noise, whole[:where] + noise + whole[where:]):
        state_of(raw)
        recipients_of(raw)


def test_the_envelope_s_recipient_comes_before_that_of_the_headers() -> None:
    raw = b"To: <service@pleiades.example>\nDelivered-To: avis+abc@pleiades.example\n\nBonjour"
    assert recipients_of(raw) == ("avis+abc@pleiades.example", "service@pleiades.example")
