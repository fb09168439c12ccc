"""The office's own words as drafts and versions, and what the database itself refuses: one that starts approved, is approved
by its author or by somebody who may not, or changes once it is approved, discarded or the product's standard.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FREEZE = """
CREATE FUNCTION wording_starts_as_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number IS NOT NULL OR NEW.approved_at IS NOT NULL OR NEW.approved_by_id IS NOT NULL
       OR NEW.discarded_at IS NOT NULL THEN
        RAISE EXCEPTION 'A wording starts as a draft.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER wording_starts_as_draft BEFORE INSERT ON office_wordingversion
    FOR EACH ROW EXECUTE FUNCTION wording_starts_as_draft();

CREATE FUNCTION wording_turn() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW IS NOT DISTINCT FROM OLD THEN
        RETURN NEW;
    END IF;
    IF OLD.approved_at IS NOT NULL OR OLD.discarded_at IS NOT NULL OR OLD.drafted_by_id IS NULL THEN
        RAISE EXCEPTION 'An approved, discarded or standard wording is frozen.' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.drafted_by_id, NEW.drafted_at, NEW.based_on_id) IS DISTINCT FROM
       (OLD.drafted_by_id, OLD.drafted_at, OLD.based_on_id) THEN
        RAISE EXCEPTION 'Whose draft it is, and of what, stays.' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.approved_at IS NOT NULL THEN
        IF (NEW.texts, NEW.sha256) IS DISTINCT FROM (OLD.texts, OLD.sha256) THEN
            RAISE EXCEPTION 'What is approved is what stood before.' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.approved_by_id = NEW.drafted_by_id THEN
            RAISE EXCEPTION 'Who drafted a wording never approves it.' USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (
            SELECT 1 FROM office_user WHERE id = NEW.approved_by_id AND is_active
            AND (role = 'supervisor' OR (role = 'analyst' AND is_attorney))
        ) THEN
            RAISE EXCEPTION 'Only an attorney or a supervisor approves a wording.' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.number IS NOT NULL THEN
        RAISE EXCEPTION 'Only its approval makes a wording a version.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER wording_turn BEFORE UPDATE ON office_wordingversion FOR EACH ROW EXECUTE FUNCTION wording_turn();

REVOKE DELETE, TRUNCATE ON office_wordingversion FROM cmr_app;
"""
THAW = """
GRANT DELETE ON office_wordingversion TO cmr_app;
DROP TRIGGER wording_turn ON office_wordingversion;
DROP FUNCTION wording_turn();
DROP TRIGGER wording_starts_as_draft ON office_wordingversion;
DROP FUNCTION wording_starts_as_draft();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0003_newest_by"),
        ("schedules", "0001_application_role"),
    ]

    operations = [
        migrations.AddField(
            model_name="court",
            name="hearing",
            field=models.CharField(
                blank=True,
                choices=[("", "as the office page says"), ("requested", "request a hearing"), ("none", "request none")],
                default="",
                max_length=9,
                verbose_name="hearing for completed sentences",
            ),
        ),
        migrations.AddField(
            model_name="court",
            name="judge",
            field=models.CharField(
                blank=True,
                help_text="As papers print it, e.g. Hon. Jane Example; leave empty if none is assigned",
                max_length=80,
            ),
        ),
        migrations.AddField(
            model_name="office",
            name="letterhead",
            field=models.TextField(
                blank=True,
                help_text="Up to five lines that head letters to people. Left empty, letters show the name, address and telephone number above.",
                max_length=400,
                verbose_name="letterhead of letters",
            ),
        ),
        migrations.AlterField(
            model_name="court",
            name="department",
            field=models.CharField(
                blank=True, help_text="Where motions like these are assigned, if the court has said so", max_length=40
            ),
        ),
        migrations.CreateModel(
            name="WordingVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(null=True, unique=True)),
                ("texts", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("drafted_at", models.DateTimeField(auto_now_add=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("discarded_at", models.DateTimeField(null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "based_on",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="office.wordingversion",
                    ),
                ),
                (
                    "discarded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": [models.OrderBy(models.F("number"), descending=True, nulls_first=True), "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            models.Q(
                                ("drafted_by__isnull", False),
                                models.Q(("approved_by", models.F("drafted_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="wording_approved_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_at", None), ("approved_by", None), ("number", None)),
                            models.Q(
                                ("approved_at__isnull", False),
                                ("approved_by__isnull", False),
                                ("number__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="wording_approval_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("discarded_at", None), ("approved_at", None), _connector="OR"),
                        name="wording_approved_or_discarded",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("approved_at", None), ("discarded_at", None)),
                        fields=("drafted_by",),
                        name="one_open_wording_each",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("drafted_by", None)), fields=("sha256",), name="standard_wording_kept_once"
                    ),
                ],
            },
        ),
        migrations.RunSQL(FREEZE, THAW),
    ]
