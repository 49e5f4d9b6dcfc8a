"""The staff's mail: written in the transaction of its cause, sent by a tick, and tried again."""

import logging
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

from quality import clock
from quality.component import Job
from quality.db import Connection, execute, fetch, fetch_value, pool
from quality.ids import uuid7
from quality.mail.smtp import SmtpError, SmtpPool, SmtpUrl

if TYPE_CHECKING:
    from quality.app import House

BATCH = 50
TRIES = 10
KEPT = timedelta(days=7)
MEMORY = "memory:"
# Claimed before it is sent, so the wait after a try is written with the claim: 1, 2, 4 … 256 minutes.
CLAIM = """
    UPDATE mail_outbox m SET tries = m.tries + 1,
           next_at = now() + interval '1 minute' * power(2, least(m.tries, 8))
    WHERE m.id IN (SELECT w.id FROM mail_outbox w WHERE w.sent_at IS NULL AND w.next_at <= now()
                   ORDER BY w.next_at LIMIT $1 FOR UPDATE SKIP LOCKED)
    RETURNING m.id, m.recipient, m.subject, m.text, m.unsubscribe, m.tries,
              (SELECT p.sender_email FROM platform p WHERE p.id = m.platform_id) AS sender
"""
log = logging.getLogger(__name__)


async def write(
    db: Connection, platform: UUID | None, recipient: str, subject: str, text: str, *, unsubscribe: str = ""
) -> UUID:
    """Put a message in the outbox, in the transaction of its cause.

    `unsubscribe` is the address where a POST ends what sends it (RFC 8058), for what comes again and again.
    """
    row = uuid7(clock.now())
    await execute(
        db,
        """
        INSERT INTO mail_outbox (id, platform_id, recipient, subject, text, created_at, next_at, unsubscribe)
        VALUES ($1, $2, $3, $4, $5, $6, now(), $7)
        """,
        row,
        platform,
        recipient,
        _one_line(subject),
        text,
        clock.now(),
        unsubscribe,
    )
    return row


async def was_written(
    db: Connection, platform: UUID, recipient: str, subject: str, since: datetime | None
) -> bool:
    """Tell whether a letter with this very subject was written to somebody after an instant (pool `work`)."""
    sql = (
        "SELECT EXISTS (SELECT 1 FROM mail_outbox WHERE recipient = $1 AND platform_id = $2 AND subject = $3 "
        "AND ($4::timestamptz IS NULL OR created_at > $4))"
    )
    return bool(await fetch_value(db, sql, recipient, platform, _one_line(subject), since))


def _one_line(subject: str) -> str:
    return " ".join(subject.split())[:200]


async def deliver(house: "House") -> None:
    """Send what waits. Without an address of a server nothing leaves, and nothing is lost."""
    url = house.settings.email_url
    if not url:
        return
    rows = await fetch(pool("work"), CLAIM, BATCH)
    if url.startswith(MEMORY):
        for row in rows:
            await _mark_sent(row, keeps_text=house.settings.demo)
    elif rows:
        await _send_all(rows, SmtpUrl.parse(url), urlsplit(house.settings.base_url).hostname or "localhost")


async def _send_all(rows: list[dict[str, Any]], url: SmtpUrl, domain: str) -> None:
    server = SmtpPool(url)
    try:
        for row in rows:
            await _send(server, row, domain)
    finally:
        await server.close()


async def _send(server: SmtpPool, row: dict[str, Any], domain: str) -> None:
    sender = server.url.sender or row["sender"] or f"ne-pas-repondre@{domain}"
    try:
        await server.send(_message(row, sender, domain), sender, [row["recipient"]])
    except SmtpError as error:
        await _put_off(row, error)
        return
    await _mark_sent(row)


async def _mark_sent(row: dict[str, Any], *, keeps_text: bool = False) -> None:
    """Note that a message left; it may hold a one-time link, and its text is worth nothing here now."""
    await execute(
        pool("work"),
        """
        UPDATE mail_outbox SET sent_at = $2, error = NULL, unsubscribe = '',
            text = CASE WHEN $3::boolean THEN text ELSE '' END
        WHERE id = $1
        """,
        row["id"],
        clock.now(),
        keeps_text,
    )


async def forget(house: "House") -> None:  # noqa: ARG001 - a job's signature
    """Drop the text of what is a week old, sent or not: its link opens nothing any more."""
    await execute(
        pool("work"),
        """
        UPDATE mail_outbox SET text = '', unsubscribe = '', next_at = 'infinity',
            error = CASE WHEN sent_at IS NULL THEN coalesce(error, 'expired') END
        WHERE text <> '' AND created_at < $1
        """,
        clock.now() - KEPT,
    )


async def _put_off(row: dict[str, Any], error: SmtpError) -> None:
    is_final = error.permanent or row["tries"] >= TRIES
    log.warning("mail %s try %s final=%s: %s", row["id"], row["tries"], is_final, error.message)
    await execute(
        pool("work"),
        """
        UPDATE mail_outbox SET error = $2, text = CASE WHEN $3 THEN '' ELSE text END,
            next_at = CASE WHEN $3 THEN 'infinity' ELSE next_at END WHERE id = $1
        """,
        row["id"],
        error.message[:500],
        is_final,
    )


def _message(row: dict[str, Any], sender: str, domain: str) -> EmailMessage:
    """Compose the message; its Message-ID stays the same when it is sent again."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = row["recipient"]
    message["Subject"] = row["subject"]
    message["Message-ID"] = f"<{row['id']}@{domain}>"
    message["Date"] = clock.now()
    message["Auto-Submitted"] = "auto-generated"
    if row["unsubscribe"]:
        message["List-Unsubscribe"] = f"<{row['unsubscribe']}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(row["text"])
    return message


JOBS = (Job("mail", deliver, timedelta(seconds=10)), Job("forget-letters", forget, timedelta(hours=1)))
