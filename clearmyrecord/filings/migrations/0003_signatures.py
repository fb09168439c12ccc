"""Signatures, packages by court, and what the courts took; and what the database itself refuses about them.

Only the attorney whom the approved batch names signs; a filing is signed or filed only with a standing signature, filed
only with a standing receipt; signatures and receipts are written once and only ever fall or are undone. The triggers
lock the rows they look at (FOR SHARE), so that none slips in beside a withdrawal that is not committed yet.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEEP = """
CREATE FUNCTION signature_turn() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
    SELECT batch.signing_attorney_id, batch.state INTO named, batch_state
        FROM filings_filing AS filing JOIN batches_batch AS batch ON batch.id = filing.batch_id
        WHERE filing.id = NEW.filing_id FOR SHARE OF batch;
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

CREATE TRIGGER signature_turn BEFORE INSERT OR UPDATE ON filings_signature
    FOR EACH ROW EXECUTE FUNCTION signature_turn();

CREATE FUNCTION receipt_turn() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    filing_state text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL
           OR (to_jsonb(NEW) - 'undone_at' - 'undone_by_id' - 'undone_reason')
              <> (to_jsonb(OLD) - 'undone_at' - 'undone_by_id' - 'undone_reason') THEN
            RAISE EXCEPTION 'A receipt is only undone, and only once.' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    SELECT state INTO filing_state FROM filings_filing WHERE id = NEW.filing_id FOR SHARE;
    IF filing_state NOT IN ('signed', 'filed') OR NOT EXISTS (
        SELECT 1 FROM filings_signature WHERE filing_id = NEW.filing_id AND fallen_at IS NULL
    ) THEN
        RAISE EXCEPTION 'Only signed papers can be filed.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER receipt_turn BEFORE INSERT OR UPDATE ON filings_receipt
    FOR EACH ROW EXECUTE FUNCTION receipt_turn();

CREATE FUNCTION filing_turn() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    is_received boolean := EXISTS (SELECT 1 FROM filings_receipt WHERE filing_id = NEW.id AND undone_at IS NULL);
BEGIN
    IF NEW.state IN ('signing', 'signed', 'filed') AND NOT EXISTS (
        SELECT 1 FROM filings_signature WHERE filing_id = NEW.id AND fallen_at IS NULL
    ) THEN
        RAISE EXCEPTION 'A filing without a standing signature is neither signed nor filed.'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.state = 'filed') IS DISTINCT FROM is_received THEN
        RAISE EXCEPTION 'A filing is filed as long as its receipt stands.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER filing_turn BEFORE INSERT OR UPDATE OF state ON filings_filing
    FOR EACH ROW EXECUTE FUNCTION filing_turn();

REVOKE DELETE, TRUNCATE ON filings_signature, filings_receipt, filings_receiptlist FROM cmr_app;
UPDATE filings_package SET work_state = 'waiting', work_attempts = 0
    WHERE work_state = 'done' AND superseded_at IS NULL;  -- made anew, by court
"""
LET = """
GRANT DELETE ON filings_signature, filings_receipt, filings_receiptlist TO cmr_app;
DROP TRIGGER filing_turn ON filings_filing;
DROP FUNCTION filing_turn();
DROP TRIGGER receipt_turn ON filings_receipt;
DROP FUNCTION receipt_turn();
DROP TRIGGER signature_turn ON filings_signature;
DROP FUNCTION signature_turn();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("filings", "0002_papers_are_kept"),
        ("office", "0003_newest_by"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveField(
            model_name="package",
            name="sha256",
        ),
        migrations.RemoveField(
            model_name="package",
            name="size",
        ),
        migrations.RemoveField(
            model_name="package",
            name="storage_key",
        ),
        migrations.AddField(
            model_name="package",
            name="made_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="filing",
            name="state",
            field=models.CharField(
                choices=[
                    ("drafting", "Drafting"),
                    ("drafted", "Unsigned"),
                    ("signing", "Signature being drawn"),
                    ("signed", "Signed, not filed"),
                    ("filed", "Filed"),
                    ("refused", "Could not be drafted"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="drafting",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="ReceiptList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField()),
                ("storage_key", models.CharField(max_length=200)),
                ("columns", models.JSONField(default=dict)),
                ("uploaded_at", models.DateTimeField(auto_now_add=True)),
                ("recorded_at", models.DateTimeField(null=True)),
                (
                    "court",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="receipt_lists", to="office.court"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("filed_on", models.DateField()),
                ("number", models.CharField(max_length=60)),
                ("list_row", models.PositiveIntegerField(null=True)),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_reason", models.TextField(blank=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "filing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="filings.filing"
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "receipt_list",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="filings.receiptlist",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=160)),
                ("place", models.CharField(max_length=80)),
                ("signed_on", models.DateField()),
                ("signed_at", models.DateTimeField(auto_now_add=True)),
                ("seen_hash", models.CharField(max_length=64)),
                ("fallen_at", models.DateTimeField(null=True)),
                (
                    "fallen_why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("withdrawn", "the batch was withdrawn"),
                            ("not_drawn", "the signed papers could not be drawn"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "filing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="filings.filing"
                    ),
                ),
                (
                    "signer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Archive",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.PositiveSmallIntegerField()),
                ("parts", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=100)),
                ("first_case", models.CharField(max_length=60)),
                ("last_case", models.CharField(max_length=60)),
                ("cases", models.PositiveIntegerField()),
                ("papers", models.PositiveIntegerField()),
                ("ready", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.BigIntegerField()),
                ("storage_key", models.CharField(max_length=200)),
                (
                    "court",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="office.court"),
                ),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="archives", to="filings.package"
                    ),
                ),
            ],
            options={
                "ordering": ["court__branch", "court_id", "part"],
                "constraints": [
                    models.UniqueConstraint(fields=("package", "court", "part"), name="one_archive_per_part")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="receiptlist",
            constraint=models.UniqueConstraint(fields=("court", "sha256"), name="receipt_list_uploaded_once"),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)), fields=("filing",), name="one_standing_receipt"
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("undone_at", None), ("undone_by", None), ("undone_reason", "")),
                    models.Q(
                        ("undone_at__isnull", False),
                        ("undone_by__isnull", False),
                        models.Q(("undone_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="undone_receipt_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(
                condition=models.Q(("fallen_at", None)), fields=("filing",), name="one_standing_signature"
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fallen_at", None), ("fallen_why", "")),
                    models.Q(("fallen_at__isnull", False), models.Q(("fallen_why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="fallen_signature_says_why",
            ),
        ),
        migrations.RunSQL(KEEP, LET),
    ]
