"""Omnibus motions are signed and filed as cases are, and packed as they are; what the database refuses about them.

As of a case: only the attorney whom the approved batch names signs; signed or filed only with a standing signature,
filed only with a standing receipt; and never while it is open, or answered with no, for a row of the exhibit whether the
court still has its record (H&S § 11361.5).
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

OF_CASE = Q(filing__isnull=False, motion=None)
OF_MOTION = Q(filing=None, motion__isnull=False)
STATES = [
    ("drafting", "Drafting"),
    ("drafted", "Unsigned"),
    ("signing", "Signature being drawn"),
    ("signed", "Signed, not filed"),
    ("filed", "Filed"),
    ("refused", "Could not be drafted"),
    ("withdrawn", "Withdrawn"),
]

ONE_KIND_OF_PACKAGE = """
INSERT INTO filings_package (batch_id, work_state, work_attempts, work_failure, progress_done, progress_total,
                             superseded_at)
    SELECT motion.batch_id,
           CASE WHEN old.superseded_at IS NOT NULL THEN 'done' WHEN old.work_state = 'none' THEN 'none' ELSE 'waiting' END,
           0, '', 0, 0, old.superseded_at
    FROM filings_omnibuspackage AS old JOIN filings_omnibusmotion AS motion ON motion.id = old.motion_id;
"""

KEEP = """
CREATE OR REPLACE FUNCTION signature_turn() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    named bigint;
    batch_state text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.fallen_at IS NOT NULL OR NEW.fallen_at IS NULL
           OR (to_jsonb(NEW) - 'fallen_at' - 'fallen_why') <> (to_jsonb(OLD) - 'fallen_at' - 'fallen_why') THEN
            RAISE EXCEPTION 'A signature only falls, and only once.' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    SELECT batch.signing_attorney_id, batch.state INTO named, batch_state FROM batches_batch AS batch
        WHERE batch.id = COALESCE(
            (SELECT batch_id FROM filings_filing WHERE id = NEW.filing_id),
            (SELECT batch_id FROM filings_omnibusmotion WHERE id = NEW.motion_id)
        ) FOR SHARE;
    IF batch_state IS DISTINCT FROM 'approved' THEN
        RAISE EXCEPTION 'Only papers of an approved batch are signed.' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.signer_id IS DISTINCT FROM named OR NOT EXISTS (
        SELECT 1 FROM office_user WHERE id = NEW.signer_id AND is_attorney AND is_active
    ) THEN
        RAISE EXCEPTION 'Only the named attorney signs.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION receipt_turn() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    matter_state text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL
           OR (to_jsonb(NEW) - 'undone_at' - 'undone_by_id' - 'undone_reason')
              <> (to_jsonb(OLD) - 'undone_at' - 'undone_by_id' - 'undone_reason') THEN
            RAISE EXCEPTION 'A receipt is only undone, and only once.' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.motion_id IS NULL THEN
        SELECT state INTO matter_state FROM filings_filing WHERE id = NEW.filing_id FOR SHARE;
    ELSE
        SELECT state INTO matter_state FROM filings_omnibusmotion WHERE id = NEW.motion_id FOR SHARE;
    END IF;
    IF matter_state NOT IN ('signed', 'filed') OR NOT EXISTS (
        SELECT 1 FROM filings_signature
        WHERE (filing_id = NEW.filing_id OR motion_id = NEW.motion_id) AND fallen_at IS NULL
    ) THEN
        RAISE EXCEPTION 'Only signed papers can be filed.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION omnibus_turn() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    is_received boolean := EXISTS (SELECT 1 FROM filings_receipt WHERE motion_id = NEW.id AND undone_at IS NULL);
BEGIN
    IF NEW.state IN ('signing', 'signed', 'filed') AND NOT EXISTS (
        SELECT 1 FROM filings_signature WHERE motion_id = NEW.id AND fallen_at IS NULL
    ) THEN
        RAISE EXCEPTION 'An omnibus motion without a standing signature is neither signed nor filed.'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.state = 'filed') IS DISTINCT FROM is_received THEN
        RAISE EXCEPTION 'An omnibus motion is filed as long as its receipt stands.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER omnibus_turn BEFORE INSERT OR UPDATE OF state ON filings_omnibusmotion
    FOR EACH ROW EXECUTE FUNCTION omnibus_turn();

CREATE FUNCTION omnibus_is_confirmed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.state = 'filed' AND OLD.state <> 'filed' AND EXISTS (
        SELECT 1 FROM batches_batchitem AS item JOIN batches_batch AS batch ON batch.id = item.batch_id
        WHERE item.batch_id = NEW.batch_id
          AND item.snapshot ->> 'code' = 'HS' AND item.snapshot ->> 'section' ~ '^(11357($|[( ])|11360\\(b\\))'
          AND (item.snapshot ->> 'convicted_on')::date + interval '2 years' < (batch.heading ->> 'as_of')::date
          AND NOT EXISTS (
              SELECT 1 FROM runs_statedfact AS fact
              WHERE fact.conviction_id = item.conviction_id AND fact.fact = 'court_has_record'
                AND fact.value = 'yes' AND fact.superseded_at IS NULL
          )
    ) THEN
        RAISE EXCEPTION 'Before filing, somebody confirms that the court still has the record of every row.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER omnibus_is_confirmed BEFORE UPDATE OF state ON filings_omnibusmotion
    FOR EACH ROW EXECUTE FUNCTION omnibus_is_confirmed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("batches", "0003_batch_papers"),
        ("filings", "0007_longer_kind"),
        ("runs", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(ONE_KIND_OF_PACKAGE),
        migrations.DeleteModel(name="OmnibusPackage"),
        migrations.AlterField(
            model_name="omnibusmotion",
            name="state",
            field=models.CharField(choices=STATES, default="drafting", max_length=10),
        ),
        migrations.AlterModelOptions(
            name="archive",
            options={"ordering": ["court__branch", "court_id", "is_confidential", "part"]},
        ),
        migrations.AddField(
            model_name="archive",
            name="is_confidential",
            field=models.BooleanField(default=False),
        ),
        migrations.RemoveConstraint(model_name="archive", name="one_archive_per_part"),
        migrations.AddConstraint(
            model_name="archive",
            constraint=models.UniqueConstraint(
                fields=("package", "court", "is_confidential", "part"), name="one_archive_per_part"
            ),
        ),
        migrations.AlterField(
            model_name="signature",
            name="filing",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signatures",
                to="filings.filing",
            ),
        ),
        migrations.AddField(
            model_name="signature",
            name="motion",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signatures",
                to="filings.omnibusmotion",
            ),
        ),
        migrations.AlterField(
            model_name="receipt",
            name="filing",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="filings.filing"
            ),
        ),
        migrations.AddField(
            model_name="receipt",
            name="motion",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="receipts",
                to="filings.omnibusmotion",
            ),
        ),
        migrations.AddField(
            model_name="receipt",
            name="assigned_number",
            field=models.CharField(blank=True, default="", max_length=60),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(
                condition=Q(fallen_at=None), fields=("motion",), name="one_standing_motion_signature"
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(condition=OF_CASE | OF_MOTION, name="signature_of_case_or_motion"),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(
                condition=Q(undone_at=None), fields=("motion",), name="one_standing_motion_receipt"
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=(OF_CASE & Q(assigned_number="")) | (OF_MOTION & ~Q(assigned_number="")),
                name="receipt_of_case_or_numbered_motion",
            ),
        ),
        migrations.RunSQL(KEEP),
    ]
