"""Batches given to public defenders, their objections and proposals, and how attorneys resolve objections.

The database itself takes an objection or a proposal only while its batch waits for approval, of that version, from whom
the batch is given to; an answer only from an active attorney of the office; and, where the office wants objections
resolved, no approval while one is open. The triggers lock the batch's row (FOR SHARE) before they look at its state, so
that an objection is either there before an approval, and stops it, or comes too late.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FREEZE = """
CREATE FUNCTION batch_takes_word_of(wanted bigint, of_version integer, defender bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    waiting boolean;
BEGIN
    SELECT state = 'submitted' AND version = of_version INTO waiting FROM batches_batch WHERE id = wanted FOR SHARE;
    RETURN coalesce(waiting, false) AND EXISTS (
        SELECT 1 FROM batches_grant WHERE batch_id = wanted AND defender_id = defender AND ended_at IS NULL
    );
END $$;

CREATE FUNCTION defender_says() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT batch_takes_word_of(NEW.batch_id, NEW.version, NEW.by_id) THEN
        RAISE EXCEPTION 'A public defender is heard on a submitted batch that is given to them.'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_TABLE_NAME = 'batches_objection' THEN
        IF NOT EXISTS (
            SELECT 1 FROM batches_batchitem WHERE batch_id = NEW.batch_id AND conviction_id = NEW.conviction_id
        ) THEN
            RAISE EXCEPTION 'An objection is to a conviction of the batch.' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER defender_says BEFORE INSERT ON batches_objection FOR EACH ROW EXECUTE FUNCTION defender_says();
CREATE TRIGGER defender_says BEFORE INSERT ON batches_proposal FOR EACH ROW EXECUTE FUNCTION defender_says();

CREATE FUNCTION objection_answered() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    waiting boolean;
BEGIN
    SELECT b.state = 'submitted' INTO waiting FROM batches_batch b JOIN batches_objection o ON o.batch_id = b.id
        WHERE o.id = NEW.objection_id FOR SHARE OF b;
    IF NOT coalesce(waiting, false) THEN
        RAISE EXCEPTION 'An objection is resolved while its batch waits for approval.' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM office_user WHERE id = NEW.by_id AND is_attorney AND is_active) THEN
        RAISE EXCEPTION 'An attorney resolves objections.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER objection_answered BEFORE INSERT ON batches_objectionanswer
    FOR EACH ROW EXECUTE FUNCTION objection_answered();

CREATE FUNCTION batch_objections_resolved() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.state = 'approved' AND OLD.state <> 'approved'
       AND EXISTS (SELECT 1 FROM office_office WHERE objections_block)
       AND EXISTS (
           SELECT 1 FROM batches_objection o
           JOIN batches_batchitem i ON i.batch_id = o.batch_id AND i.conviction_id = o.conviction_id
           WHERE o.batch_id = NEW.id AND NOT EXISTS (SELECT 1 FROM batches_objectionanswer a WHERE a.objection_id = o.id)
       ) THEN
        RAISE EXCEPTION 'An attorney resolves every objection before the batch is approved.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER batch_objections_resolved BEFORE UPDATE ON batches_batch
    FOR EACH ROW EXECUTE FUNCTION batch_objections_resolved();

REVOKE DELETE, TRUNCATE ON batches_grant FROM cmr_app;
REVOKE UPDATE, DELETE, TRUNCATE ON batches_objection, batches_objectionanswer, batches_proposal FROM cmr_app;
"""
THAW = """
DROP TRIGGER batch_objections_resolved ON batches_batch;
DROP FUNCTION batch_objections_resolved();
DROP TRIGGER objection_answered ON batches_objectionanswer;
DROP FUNCTION objection_answered();
DROP TRIGGER defender_says ON batches_proposal;
DROP TRIGGER defender_says ON batches_objection;
DROP FUNCTION defender_says();
DROP FUNCTION batch_takes_word_of(bigint, integer, bigint);
"""

USER = settings.AUTH_USER_MODEL


def key():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def person(related_name="+", **others):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=USER, **others)


def batch(related_name):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to="batches.batch")


class Migration(migrations.Migration):
    dependencies = [
        ("batches", "0007_comments_on_items"),
        ("office", "0008_public_defender"),
        ("records", "0003_reasons_of_suggestions"),
        migrations.swappable_dependency(USER),
    ]

    operations = [
        migrations.CreateModel(
            name="Grant",
            fields=[
                key(),
                ("reason", models.TextField()),
                ("given_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_reason", models.TextField(blank=True)),
                ("batch", batch("grants")),
                ("defender", person("grants")),
                ("given_by", person()),
                ("ended_by", person(null=True)),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("batch", "defender"), name="given_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="grant_has_reason"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end_reason", ""), ("ended_at", None), ("ended_by", None)),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                                models.Q(("end_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="grant_end_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                key(),
                ("version", models.PositiveIntegerField()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("batch", batch("objections")),
                ("by", person()),
                (
                    "conviction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.conviction"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "version", "conviction", "by"), name="one_objection_each"),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="objection_has_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ObjectionAnswer",
            fields=[
                key(),
                ("taken_out", models.BooleanField(default=False)),
                ("text", models.TextField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("by", person()),
                (
                    "objection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answer", to="batches.objection"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="answer_has_reason")
                ],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                key(),
                ("version", models.PositiveIntegerField()),
                ("case_number", models.CharField(blank=True, max_length=60)),
                ("section", models.CharField(blank=True, max_length=60)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("what", models.CharField(blank=True, max_length=400)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("batch", batch("proposals")),
                ("by", person()),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(
                                models.Q(
                                    models.Q(("case_number", ""), _negated=True),
                                    models.Q(("section", ""), _negated=True),
                                ),
                                models.Q(models.Q(("name", ""), _negated=True), models.Q(("what", ""), _negated=True)),
                                _connector="OR",
                            ),
                        ),
                        name="proposal_names_what_and_why",
                    )
                ],
            },
        ),
        migrations.RunSQL(FREEZE, THAW),
    ]
