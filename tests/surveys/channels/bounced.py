"""E-mails that come back, as mail servers write them."""

COPY = """\
Return-Path: <{to}>
From: =?utf-8?q?Pl=C3=A9iades_Services?= <avis@pleiades.example>
To: martin@client.example
Subject: =?utf-8?q?Votre_visite_de_mardi?=
Auto-Submitted: auto-generated
Message-ID: <01939a00-0000-7000-8000-000000000001@pleiades.example>

Bonjour,
"""

POSTFIX = """\
Return-Path: <>
X-Original-To: {to}
Delivered-To: {to}
Received: by mx.relais.example (Postfix)
        id 4F1A2B3C4D; Tue, 24 Nov 2026 12:05:09 +0100 (CET)
Date: Tue, 24 Nov 2026 12:05:09 +0100 (CET)
From: MAILER-DAEMON@mx.relais.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
        boundary="5E6F7A8B9C.1795518309/mx.relais.example"
Content-Transfer-Encoding: 8bit
Message-Id: <20261124110509.4F1A2B3C4D@mx.relais.example>

This is a MIME-encapsulated message.

--5E6F7A8B9C.1795518309/mx.relais.example
Content-Description: Notification
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

This is the mail system at host mx.relais.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

                   The mail system

<martin@client.example>: host mx.client.example[192.0.2.25] said: {said}
    (in reply to RCPT TO command)

--5E6F7A8B9C.1795518309/mx.relais.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.relais.example
X-Postfix-Queue-ID: 5E6F7A8B9C
X-Postfix-Sender: rfc822; {to}
Arrival-Date: Tue, 24 Nov 2026 12:05:07 +0100 (CET)

Final-Recipient: rfc822; martin@client.example
Original-Recipient: rfc822;martin@client.example
Action: {action}
Status: {status}
Remote-MTA: dns; mx.client.example
Diagnostic-Code: smtp; {said}
{more}
--5E6F7A8B9C.1795518309/mx.relais.example
Content-Description: Undelivered Message
Content-Type: message/rfc822
Content-Transfer-Encoding: 8bit

{copy}
--5E6F7A8B9C.1795518309/mx.relais.example--
"""

EXIM = """\
Return-path: <>
Envelope-to: {to}
Delivery-date: Tue, 24 Nov 2026 12:05:09 +0100
Received: from Debian-exim by relais.example with local (Exim 4.72)
        id 1tFabc-0001AB-2C
        for {to}; Tue, 24 Nov 2026 12:05:09 +0100
X-Failed-Recipients: martin@client.example
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@relais.example>
To: {to}
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1tFabc-0001AB-2C@relais.example>
Date: Tue, 24 Nov 2026 12:05:09 +0100

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  martin@client.example
    {said}

------ This is a copy of the message, including all the headers. ------

{copy}
"""

EXIM_DELAY = """\
Return-path: <>
Envelope-to: {to}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@relais.example>
To: {to}
Subject: Warning: message 1tFabc-0001AB-2C delayed 24 hours
Date: Wed, 25 Nov 2026 12:05:09 +0100

This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on relais.example.

No action is required on your part. Delivery attempts will continue for
some time, and this warning may be repeated at intervals if the message
remains undelivered.
"""

OUT_OF_OFFICE = """\
Return-Path: <>
Delivered-To: {to}
From: Martin <martin@client.example>
To: {to}
Subject: =?utf-8?q?Absence_=3A_Votre_visite_de_mardi?=
Auto-Submitted: auto-replied (vacation)
X-Auto-Response-Suppress: All
In-Reply-To: <01939a00-0000-7000-8000-000000000001@pleiades.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Je suis absente jusqu’au 30 novembre. 550 5.1.1 est un nombre.
"""

READ = """\
Return-Path: <martin@client.example>
From: martin@client.example
To: {to}
Subject: Read: Votre visite
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary="b1"

--b1
Content-Type: text/plain

Your message was displayed.

--b1
Content-Type: message/disposition-notification

Final-Recipient: rfc822;martin@client.example
Disposition: manual-action/MDN-sent-manually; displayed

--b1--
"""

NOBODY = "550 5.1.1 <martin@client.example>: Recipient address rejected: User unknown"


def postfix(
    to: str, action: str = "failed", status: str = "5.1.1", said: str = NOBODY, more: str = ""
) -> bytes:
    """Write a delivery status notification as Postfix does; `more` is another recipient's fields."""
    copy = COPY.format(to=to)
    return POSTFIX.format(to=to, action=action, status=status, said=said, more=more, copy=copy).encode()


def exim(to: str, said: str) -> bytes:
    """Write a bounce as Exim did before RFC 3464: a text and no report."""
    return EXIM.format(to=to, said=said, copy=COPY.format(to=to)).encode()


def written(text: str, to: str) -> bytes:
    return text.format(to=to).encode()
