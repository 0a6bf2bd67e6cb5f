"""Mails people what they were told and have not read: one mail for all of it, composed as it goes.

The outbox is the notifications themselves. Claiming a person is one transaction, recording another,
and none is open while the mail server is spoken to. A crash between the two sends a mail twice,
with the same Message-ID. Not here: the words (``mail_words``) and the server (``smtp``).
"""

import hashlib
import re
import ssl
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

import structlog

from lti_tool.domain.notification import Notification
from lti_tool.lti.profiles import course_url
from lti_tool.persistence import assessments, courses, mailings, notifications, platforms
from lti_tool.persistence.database import Database, Session
from lti_tool.persistence.mailings import Addressee
from lti_tool.telemetry import measures

from .mail_words import Line, Part, body, subject
from .patience import wait_after
from .smtp import AddressRefusedError, MailServer, MailTroubleError, Send, connected

log = structlog.get_logger()

LEASE = timedelta(minutes=15)
"""Longer than a whole round takes, each mail as slow as the connection allows."""
BATCH = 20
LOOK = timedelta(seconds=10)
STALE = timedelta(days=7)
"""What is older is not mailed any more: mail was off, or the server away for long."""
MOST_ATTEMPTS = 12
"""With waits of up to an hour, half a day."""
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
"""What can be handed to any server; the rest of RFC 5321 is rare and most servers refuse it."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How mail leaves: the server, whom it comes from, and the page that stops it, by token.
    ``trusted`` says which certificates are; None: those the machine trusts."""

    server: MailServer
    sender: str
    stop_url: Callable[[str], str]
    trusted: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A person who is claimed, and what they are told."""

    to: Addressee
    told: Sequence[Notification]
    parts: Sequence[Part]


class MailCarrier:
    """Sends the mails that are due. One instance serves one thread; ``random`` gives numbers in
    [0, 1), ``new_id`` tokens that nobody can guess."""

    def __init__(
        self,
        database: Database,
        sending: Sending,
        clock: Callable[[], datetime],
        *,
        random: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._database = database
        self._sending = sending
        self._clock = clock
        self._random = random
        self._new_id = new_id
        self._idle_until: datetime | None = None
        self._failures = 0

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Write to some of the people with a mail due; returns to how many."""
        now = self._clock()
        if stopping() or (self._idle_until is not None and now < self._idle_until):
            return 0
        with self._database.reading() as session:
            due = notifications.people_to_mail(session, now=now, most=BATCH)
        if not due:
            self._idle_until = now + LOOK
            return 0
        letters = [each for each in map(self._claim, due) if each is not None]
        if letters:
            self._send_all(letters)
        return len(due)

    def _claim(self, person_id: int) -> Letter | None:
        """The person's letter; None where another process writes it, or there is none to write,
        which is noted."""
        now = self._clock()
        with self._database.transaction() as session:
            mailings.note_person(session, person_id, self._new_id())
            if not mailings.claim(session, person_id, now=now, lease=LEASE):
                return None
            to = mailings.addressee(session, person_id)
            told = notifications.to_mail(session, person_id)
            fresh = [each for each in told if now - each.at < STALE]
            if not to.reachable or not fresh:
                notifications.note_mailed(session, told)
                mailings.note_nothing(session, person_id)
                return None
            return Letter(to, told, _parts(session, fresh))

    def _send_all(self, letters: Sequence[Letter]) -> None:
        left = list(letters)
        try:
            with connected(self._sending.server, self._sending.trusted) as send:
                while left:
                    self._send(left[0], send)
                    left.pop(0)
        except MailTroubleError as trouble:
            self._hold_up(left, trouble)
            return
        self._failures = 0

    def _send(self, letter: Letter, send: Send) -> None:
        """Hand a letter over and record it. Raises MailTroubleError that concerns everybody."""
        to = letter.to
        try:
            if ADDRESS.fullmatch(to.email) is None:
                raise AddressRefusedError("malformed")
            send(self._message(letter))
        except AddressRefusedError as refused:
            self._record(letter, "refused", refused.reason)
        except MailTroubleError as trouble:
            if trouble.everybody:
                raise
            again = to.attempts + 1 < MOST_ATTEMPTS
            self._record(letter, "later" if again else "given_up", trouble.reason)
        else:
            self._record(letter, "sent", "")

    def _record(self, letter: Letter, outcome: str, reason: str) -> None:
        now, to = self._clock(), letter.to
        with self._database.transaction() as session:
            if outcome == "later":
                again_at = now + wait_after(to.attempts + 1, self._random())
                mailings.note_trouble(session, to.person_id, reason, again_at=again_at)
            else:
                notifications.note_mailed(session, letter.told)
            if outcome == "sent":
                mailings.note_sent(session, to.person_id, now=now)
            if outcome == "refused":
                mailings.note_refused(session, to.person_id, to.email, reason)
            if outcome == "given_up":
                mailings.note_given_up(session, to.person_id, reason)
        measures.MAILS.labels(outcome).inc()
        log.info("mail", outcome=outcome, person=to.person_id, reason=reason)

    def _hold_up(self, letters: Sequence[Letter], trouble: MailTroubleError) -> None:
        """The server is away: nobody is tried before a while."""
        self._failures += 1
        again_at = self._clock() + wait_after(self._failures, self._random())
        with self._database.transaction() as session:
            for each in letters:
                person_id = each.to.person_id
                mailings.note_trouble(session, person_id, trouble.reason, again_at=again_at)
        self._idle_until = again_at
        measures.MAILS.labels("server").inc()
        log.warning("the mail server is in trouble", reason=trouble.reason, waiting=len(letters))

    def _message(self, letter: Letter) -> EmailMessage:
        to, stop_url = letter.to, self._sending.stop_url(letter.to.token)
        message = EmailMessage()
        message["From"] = self._sending.sender
        message["To"] = to.email
        message["Subject"] = subject(letter.parts, to.language)
        message["Date"] = format_datetime(self._clock())
        message["Message-ID"] = self._message_id(letter)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
        message["List-Unsubscribe"] = f"<{stop_url}>"
        if stop_url.startswith("https:"):  # RFC 8058, 3.1: one click, over https only
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(body(letter.parts, to.language, stop_url))
        return message

    def _message_id(self, letter: Letter) -> str:
        """The same for the same news, however often it is sent."""
        news = ",".join(f"{each.id}:{each.at.isoformat()}" for each in letter.told)
        digest = hashlib.sha256(f"{letter.to.token}/{news}".encode()).hexdigest()[:32]
        domain = parseaddr(self._sending.sender)[1].rpartition("@")[2]
        return f"<{digest}@{domain}>"


def _parts(session: Session, told: Sequence[Notification]) -> Sequence[Part]:
    titles = assessments.titles_of(session, {each.assessment_id for each in told})
    counted = Counter((each.course_id, each.assessment_id, each.kind) for each in told)
    lines: dict[int, list[Line]] = {}
    for (course_id, assessment_id, kind), count in counted.items():
        lines.setdefault(course_id, []).append(Line(kind, titles[assessment_id], count))
    return [_part(session, course_id, found) for course_id, found in lines.items()]


def _part(session: Session, course_id: int, lines: Sequence[Line]) -> Part:
    course = courses.course(session, course_id)
    platform = platforms.platform(session, course.platform_id)
    url = None
    if platform is not None:
        url = course_url(platform.product, platform.issuer, course.context_id)
    return Part(course.title or course.label, url, lines)
