"""Mail that says that a due run is done or failed. It holds figures and the schedule's name, nothing of any record."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage

from clearmyrecord.office import queries as office
from clearmyrecord.office.models import Role
from clearmyrecord.schedules import changes
from clearmyrecord.schedules.models import DueRun

log = logging.getLogger(__name__)


def is_set_up() -> bool:
    """Whether this installation sends mail."""
    return bool(settings.EMAIL_URL)


def addresses() -> list[str]:
    """Of every analyst and supervisor with an address; nobody while no mail is set up."""
    if not is_set_up():
        return []
    people = office.users().filter(is_active=True, role__in=(Role.ANALYST, Role.SUPERVISOR))
    return sorted(set(people.exclude(email="").values_list("email", flat=True)))


def send(due: DueRun, to: Sequence[str]) -> None:
    """Send the mail. That it could not be sent is logged and harms nothing: home pages say the same."""
    if not to:
        return
    failed = due.state == DueRun.State.FAILED
    subject = f"Clean-slate schedule “{due.schedule}”: {'failed' if failed else 'done'}"
    try:
        EmailMessage(subject, "\n".join(lines(due)), to=[], bcc=to).send()
    except (OSError, SMTPException) as error:
        log.warning("mail about due run %s could not be sent: %s", due.pk, type(error).__name__)


def lines(due: DueRun) -> list[str]:
    """The text: what came of it in figures, and where to look."""
    said = [f"{due}."]
    if due.state == DueRun.State.FAILED:
        said += [due.failure, due.remedy]
    else:
        said += [f"{changes.KINDS[kind]}: {number:,}" for kind, number in due.changes.items()]
        said.append(f"Batches drafted: {due.drafted.count():,}. Nothing is approved or filed by itself.")
    return [*said, "Sign in to Clear My Record and open Schedules for the rest."]
