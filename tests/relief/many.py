"""Many filed cases at one court, made by a few statements: each an invented person's with one conviction."""

from __future__ import annotations

from django.db import connection

from clearmyrecord.batches.models import Batch, BatchItem, Preparer, Sample, SampleItem
from clearmyrecord.filings.models import Filing, PaperChunk
from clearmyrecord.office.models import User
from clearmyrecord.relief import asking
from tests.relief.conftest import today

PEOPLE = """
WITH number AS (SELECT generate_series(1, %(many)s) AS n),
     ids AS (SELECT n, nextval(pg_get_serial_sequence('records_subject', 'id')) AS subject,
                    nextval(pg_get_serial_sequence('records_conviction', 'id')) AS conviction FROM number),
     people AS (
        INSERT INTO records_subject (id, cii_number, name, search_name, deceased, registered)
        SELECT subject, 'M' || n, 'ROE,MARY' || n, '', false, false FROM ids RETURNING id
     ), convictions AS (
        INSERT INTO records_conviction (id, subject_id, county, code_section, section_text, prop64, related, severity,
                                        convicted_on, case_numbers)
        SELECT conviction, subject, 'CONTRA COSTA', 'HS 11359', '', '11359', false, 'felony', '2001-02-03', '{}'
          FROM ids
     )
INSERT INTO batches_batchitem (batch_id, conviction_id, determination_id, holds, looked_at_singly, outcome, route,
                               case_number, court_id, snapshot)
SELECT %(batch)s, conviction, model.determination_id, true, false, model.outcome, model.route,
       'MC' || lpad(n::text, 6, '0'), model.court_id,
       model.snapshot || jsonb_build_object(
           'person', subject, 'conviction', conviction, 'case_number', 'MC' || lpad(n::text, 6, '0'),
           'defendant_name', 'ROE,MARY' || n, 'convicted_on', '2001-02-03', 'section', '11359')
  FROM ids, batches_batchitem model WHERE model.id = %(model)s
"""

FILINGS = """
INSERT INTO filings_filing (state, refusals, batch_id, chunk_id, subject_id, court_id, case_number, route)
SELECT 'drafted', '[]', batch_id, %(chunk)s, (snapshot ->> 'person')::bigint, court_id, case_number, route
  FROM batches_batchitem WHERE batch_id = %(batch)s
"""

SIGNED = """
INSERT INTO filings_signature (filing_id, signer_id, name, place, signed_on, signed_at, seen_hash, fallen_why)
SELECT id, %(signer)s, 'Theo Tran', 'Martinez', %(day)s, now(), '', '' FROM filings_filing WHERE batch_id = %(batch)s;
UPDATE filings_filing SET state = 'signed' WHERE batch_id = %(batch)s;
INSERT INTO filings_receipt (filing_id, filed_on, number, assigned_number, entered_by_id, entered_at, undone_reason)
SELECT id, %(day)s, 'E' || id, '', %(signer)s, now(), '' FROM filings_filing WHERE batch_id = %(batch)s;
UPDATE filings_filing SET state = 'filed' WHERE batch_id = %(batch)s;
"""


def filed_cases(many: int, model: BatchItem, *, composer: User, signer: User, approver: User) -> Batch:
    """An approved batch of so many cases MC000001 …, all signed and filed today, like `model`."""
    of = model.batch
    batch = Batch.objects.create(name="Many", run=of.run, composed_by=composer, signing_attorney=signer)
    Preparer.objects.create(batch=batch, user=composer)
    told = {"many": many, "batch": batch.pk, "model": model.pk, "signer": signer.pk, "day": today()}
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, told)
        one = _drawn(batch, model)
        submitted = {"heading": of.heading, "wording": of.wording, "list_hash": "x" * 64}
        Batch.objects.filter(pk=batch.pk).update(state="submitted", **submitted)
        one.marks.create(verdict="right", by=approver)
        Batch.objects.filter(pk=batch.pk).update(state="approved", approved_by=approver, approved_at=of.approved_at)
        chunk = PaperChunk.objects.create(batch=batch, work_state="done")
        cursor.execute(FILINGS, told | {"chunk": chunk.pk})
        cursor.execute(SIGNED, told)
    asking.ask(list(Filing.objects.filter(batch=batch)))
    return batch


def _drawn(batch: Batch, model: BatchItem) -> SampleItem:
    """A sample of one: no batch is approved without."""
    drawn = {"convictions": 1, "certain": 0, "drawn": 1, "confidence": 95, "most_wrong": 1, "seed": "x"}
    sample = Sample.objects.create(batch=batch, version=batch.version, list_hash="x" * 64, **drawn)
    return sample.items.create(
        position=1, conviction=model.conviction, determination=model.determination, snapshot=model.snapshot
    )
