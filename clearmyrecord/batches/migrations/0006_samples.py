"""Samples that supervisors look through before approval, and what the database itself refuses about them.

A sample is drawn before its batch is submitted and never changed; marks are only added, until the batch is approved or
submitted again and by nobody who prepared it; no batch is approved before every conviction of its sample is marked
right. The triggers lock the batch's row (FOR SHARE) before they look at its state, so that no mark slips in beside an approval.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FREEZE = """
CREATE FUNCTION sample_frozen() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    wanted bigint;
BEGIN
    IF TG_TABLE_NAME = 'batches_sample' THEN
        wanted := NEW.batch_id;
    ELSE
        SELECT batch_id INTO wanted FROM batches_sample WHERE id = NEW.sample_id;
    END IF;
    IF NOT batch_is_editable(wanted) THEN
        RAISE EXCEPTION 'A sample is drawn when its batch is submitted, and never after.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER sample_frozen BEFORE INSERT ON batches_sample FOR EACH ROW EXECUTE FUNCTION sample_frozen();
CREATE TRIGGER sample_frozen BEFORE INSERT ON batches_sampleitem FOR EACH ROW EXECUTE FUNCTION sample_frozen();

CREATE FUNCTION sample_marked() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    drawn batches_sample%ROWTYPE;
    waiting boolean;
BEGIN
    SELECT s.* INTO drawn FROM batches_sample s JOIN batches_sampleitem i ON i.sample_id = s.id WHERE i.id = NEW.item_id;
    SELECT state IN ('submitted', 'returned') AND version = drawn.version INTO waiting
        FROM batches_batch WHERE id = drawn.batch_id FOR SHARE;
    IF NOT coalesce(waiting, false) THEN
        RAISE EXCEPTION 'A sample is marked until its batch is approved or submitted again.' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM batches_preparer WHERE batch_id = drawn.batch_id AND user_id = NEW.by_id) THEN
        RAISE EXCEPTION 'A preparer never marks the sample.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER sample_marked BEFORE INSERT ON batches_samplemark FOR EACH ROW EXECUTE FUNCTION sample_marked();

CREATE FUNCTION batch_sampled() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    drawn batches_sample%ROWTYPE;
    looked_at bigint;
    all_right boolean;
BEGIN
    IF NEW.state = 'approved' AND OLD.state <> 'approved' THEN
        SELECT * INTO drawn FROM batches_sample
            WHERE batch_id = NEW.id AND version = NEW.version AND list_hash = NEW.list_hash;
        SELECT count(*), coalesce(bool_and(
            EXISTS (SELECT 1 FROM batches_samplemark m WHERE m.item_id = i.id AND m.verdict = 'right')
            AND NOT EXISTS (SELECT 1 FROM batches_samplemark m WHERE m.item_id = i.id AND m.verdict = 'wrong')
        ), false) INTO looked_at, all_right FROM batches_sampleitem i WHERE i.sample_id = drawn.id;
        IF NOT all_right OR looked_at <> drawn.certain + drawn.drawn THEN
            RAISE EXCEPTION 'A batch is approved once every conviction of its sample is marked right.'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER batch_sampled BEFORE UPDATE ON batches_batch FOR EACH ROW EXECUTE FUNCTION batch_sampled();

REVOKE UPDATE, DELETE, TRUNCATE ON batches_sample, batches_sampleitem, batches_samplemark FROM cmr_app;
"""
THAW = """
DROP TRIGGER batch_sampled ON batches_batch;
DROP FUNCTION batch_sampled();
DROP TRIGGER sample_marked ON batches_samplemark;
DROP FUNCTION sample_marked();
DROP TRIGGER sample_frozen ON batches_sampleitem;
DROP TRIGGER sample_frozen ON batches_sample;
DROP FUNCTION sample_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("batches", "0005_wording_version"),
        ("office", "0005_sample_figures"),
        ("records", "0003_reasons_of_suggestions"),
        ("runs", "0004_newest_by"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Sample",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("list_hash", models.CharField(max_length=64)),
                ("seed", models.CharField(max_length=32)),
                ("confidence", models.DecimalField(decimal_places=1, max_digits=4)),
                ("most_wrong", models.DecimalField(decimal_places=1, max_digits=4)),
                ("convictions", models.PositiveIntegerField()),
                ("certain", models.PositiveIntegerField()),
                ("drawn", models.PositiveIntegerField()),
                ("drawn_at", models.DateTimeField(auto_now_add=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="samples", to="batches.batch"
                    ),
                ),
            ],
            options={
                "ordering": ["version"],
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "version"), name="one_sample_per_version"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SampleItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("reasons", models.JSONField(default=list)),
                ("snapshot", models.JSONField()),
                (
                    "conviction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.conviction"
                    ),
                ),
                (
                    "determination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="runs.determination"
                    ),
                ),
                (
                    "sample",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="batches.sample"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("sample", "position"), name="one_item_per_position"),
                    models.UniqueConstraint(fields=("sample", "conviction"), name="sampled_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SampleMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verdict", models.CharField(choices=[("right", "Right"), ("wrong", "Wrong")], max_length=5)),
                ("comment", models.TextField(blank=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="marks", to="batches.sampleitem"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("comment", ""), ("verdict", "right")),
                            models.Q(("verdict", "wrong"), models.Q(("comment", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="wrong_says_what",
                    )
                ],
            },
        ),
        migrations.RunSQL(FREEZE, THAW),
    ]
