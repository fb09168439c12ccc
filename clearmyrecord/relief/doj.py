"""Whether the DOJ's record follows what the courts granted: found in later record files, or verified by hand.

A later file of the same person confirms by itself only where it says so: relief under H&S § 11361.8 at this conviction,
or the lower severity. Whatever may also mean something else (the conviction is gone, other words of relief) is a
suggestion until a person confirms it. A person who is in no later file is asked about, never guessed.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Conflict, Invalid, NotFound
from clearmyrecord.office.access import require
from clearmyrecord.office.models import Role, User
from clearmyrecord.records.models import RecordFile
from clearmyrecord.relief.models import Asked, CourtAnswer, DojConfirmation

WHO = (Role.ANALYST, Role.SUPERVISOR)
State, Shows = DojConfirmation.State, DojConfirmation.Shows

WORDS = r"11361\.8|\mSEALED|\mSET\s+ASIDE|\mDISM(ISSED)?\M|\mEXPUNGED|\mVACATED"
"""What a record may say of relief; PostgreSQL's regular expression."""

FOUND = """
WITH waiting AS (
    SELECT answer.id, answer.granted_as, answer.decided_on, asked.conviction_id,
           COALESCE(subject.same_as_id, subject.id) AS person, item.snapshot ->> 'severity' AS severity
      FROM relief_courtanswer answer
      JOIN relief_asked asked ON asked.item_id = answer.item_id
      JOIN batches_batchitem item ON item.id = answer.item_id
      JOIN records_subject subject ON subject.id = asked.subject_id
     WHERE answer.decision = 'granted' AND answer.superseded_at IS NULL AND answer.decided_on < %(received_on)s
       AND NOT EXISTS (SELECT FROM relief_dojconfirmation known
                        WHERE known.answer_id = answer.id AND (known.state <> 'refused' OR known.file_id = %(file)s))
), here AS (
    SELECT waiting.*, entry.id AS entry, reading.id AS reading, reading.severity AS now, reading.severity_inferred,
           reading.code_section, concat_ws(' ', reading.disposition, reading.comment) AS says, event.cycle, event.step
      FROM waiting
      JOIN records_subject other ON COALESCE(other.same_as_id, other.id) = waiting.person
      JOIN records_filesubject entry ON entry.subject_id = other.id AND entry.file_id = %(file)s
      LEFT JOIN records_reading reading
        ON reading.conviction_id = waiting.conviction_id AND reading.file_subject_id = entry.id
      LEFT JOIN records_event event ON event.id = reading.event_id
), later AS (
    SELECT here.id,
           bool_or(said.words ~ '11361\\.8' AND said.code_section = here.code_section
                   AND event.date >= here.decided_on) AS surely,
           bool_or(said.words ~* %(words)s) AS maybe
      FROM here
      JOIN records_event event
        ON event.file_subject_id = here.entry AND event.cycle = here.cycle AND event.step > here.step
      JOIN LATERAL (
        SELECT reading.code_section, concat_ws(' ', reading.disposition, reading.comment, reading.section_text) AS words
          FROM records_reading reading WHERE reading.event_id = event.id
      ) said ON true
     WHERE here.reading IS NOT NULL
     GROUP BY here.id
), told AS (
    SELECT here.id,
           bool_or(here.reading IS NOT NULL) AS is_shown,
           bool_or(here.granted_as IN ('misdemeanor', 'infraction') AND here.now = here.granted_as
                   AND NOT here.severity_inferred AND here.severity IS DISTINCT FROM here.granted_as) AS is_lower,
           bool_or(here.granted_as IN ('sealed', 'dismissed') AND here.says ~ '11361\\.8') AS is_relieved,
           bool_or(here.says ~* %(words)s) AS maybe
      FROM here GROUP BY here.id
), found AS (
    SELECT told.id,
           CASE WHEN NOT told.is_shown THEN 'gone'
                WHEN told.is_lower OR told.is_relieved OR told.maybe OR later.maybe THEN 'relief' END AS shows,
           told.is_shown AND (told.is_lower OR told.is_relieved OR COALESCE(later.surely, false)) AS is_sure
      FROM told LEFT JOIN later ON later.id = told.id
)
INSERT INTO relief_dojconfirmation (answer_id, shows, file_id, source, state, found_at, reason)
SELECT id, shows, %(file)s, '', CASE WHEN is_sure THEN 'confirmed' ELSE 'suggested' END, now(), ''
  FROM found WHERE shows IS NOT NULL
RETURNING state
"""


def look_in(file: RecordFile) -> dict[str, int]:
    """What a record file that was just read shows of granted answers older than it; how many confirmed, suggested.

    In the transaction that reads the file.
    """
    with connection.cursor() as cursor:
        cursor.execute(FOUND, {"file": file.pk, "received_on": file.received_on, "words": WORDS})
        states = [state for (state,) in cursor.fetchall()]
    found = {state: states.count(state) for state in (State.CONFIRMED.value, State.SUGGESTED.value)}
    if states:
        audit.record(actor=None, verb="doj_confirmation.found", target=file, detail=found)
    return found


@transaction.atomic
def confirm_by_hand(*, actor: User, answer_id: int, source: str) -> DojConfirmation:
    """Somebody verified that the DOJ's record follows a granted answer. Analysts and supervisors.

    The same said twice changes nothing. Raises Invalid without how it was verified, Conflict where it is confirmed.
    """
    require(actor, *WHO)
    source = " ".join(source.split())[:400]
    if not source:
        raise Invalid("Say how it was verified.")
    answer = _granted(answer_id)
    standing = answer.confirmations.exclude(state=State.REFUSED).first()
    if standing and standing.state == State.CONFIRMED:
        if standing.source == source:
            return standing
        raise Conflict("It is confirmed already. Reload to see how.")
    if standing:
        return _decide(actor, standing, State.CONFIRMED, source)
    made = DojConfirmation.objects.create(
        answer=answer, shows=Shows.BY_HAND, source=source, state=State.CONFIRMED, decided_by=actor,
        decided_at=timezone.now(),
    )  # fmt: skip
    _told(actor, "doj_confirmation.confirmed", made)
    return made


@transaction.atomic
def decide(*, actor: User, confirmation_id: int, is_confirmed: bool, reason: str = "") -> DojConfirmation:
    """Confirm what a file suggests, or refuse what a file or somebody said. Analysts and supervisors.

    The same said twice changes nothing. Raises Invalid for a refusal without a reason.
    """
    require(actor, *WHO)
    found = DojConfirmation.objects.filter(pk=confirmation_id).first()
    if found is None:
        raise NotFound("There is no such confirmation.")
    _granted(found.answer_id)
    found.refresh_from_db()
    wanted = State.CONFIRMED if is_confirmed else State.REFUSED
    if found.state == wanted:
        return found
    if found.state == State.REFUSED:
        raise Conflict("It was refused already. Confirm it by hand if it is true after all.")
    if not is_confirmed and not reason.strip():
        raise Invalid("Say why it is no confirmation.")
    return _decide(actor, found, wanted, reason)


def _decide(actor: User, found: DojConfirmation, state: DojConfirmation.State, reason: str) -> DojConfirmation:
    found.state, found.decided_by, found.decided_at, found.reason = state, actor, timezone.now(), reason.strip()
    found.save()
    _told(actor, f"doj_confirmation.{state}", found)
    return found


def _granted(answer_id: int) -> CourtAnswer:
    """The answer with its conviction's row locked, so that it is not taken back meanwhile."""
    answer = CourtAnswer.objects.filter(pk=answer_id).first()
    if answer is None:
        raise NotFound("There is no such answer.")
    list(Asked.objects.select_for_update().filter(item=answer.item_id))
    answer.refresh_from_db()
    if answer.superseded_at is not None or answer.decision != CourtAnswer.Decision.GRANTED:
        raise Conflict("This answer does not stand any more. Reload to see what does.")
    return answer


def _told(actor: User, verb: str, found: DojConfirmation) -> None:
    subjects = Asked.objects.filter(item=found.answer.item_id).values_list("subject_id", flat=True)
    audit.record(actor=actor, verb=verb, target=found.answer, detail={"confirmation": found.pk}, subjects=subjects)
