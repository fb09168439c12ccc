"""Omnibus motions: their papers, the volumes of the exhibit, both ZIPs. Superseded, never deleted."""

import django.db.models.deletion
from django.db import migrations, models

TABLES = "filings_omnibusmotion, filings_omnibusvolume, filings_omnibuspaper, filings_omnibuspackage"


class Migration(migrations.Migration):
    dependencies = [
        ("batches", "0003_batch_papers"),
        ("filings", "0004_court_has_record"),
        ("office", "0003_newest_by"),
    ]

    operations = [
        migrations.CreateModel(
            name="OmnibusMotion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "work_state",
                    models.CharField(
                        choices=[
                            ("none", "nothing to do"),
                            ("waiting", "waiting for a worker"),
                            ("working", "in work"),
                            ("done", "done"),
                            ("failed", "failed"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("work_lease", models.UUIDField(editable=False, null=True)),
                ("work_until", models.DateTimeField(editable=False, null=True)),
                ("work_rung_at", models.DateTimeField(editable=False, null=True)),
                ("work_attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("work_failure", models.CharField(blank=True, editable=False, max_length=200)),
                ("progress_done", models.PositiveIntegerField(default=0)),
                ("progress_total", models.PositiveIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("drafting", "Drafting"),
                            ("drafted", "Drafted"),
                            ("refused", "Could not be drafted"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="drafting",
                        max_length=10,
                    ),
                ),
                ("refusals", models.JSONField(default=list)),
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="omnibus_motion", to="batches.batch"
                    ),
                ),
                (
                    "court",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="office.court"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OmnibusPackage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "work_state",
                    models.CharField(
                        choices=[
                            ("none", "nothing to do"),
                            ("waiting", "waiting for a worker"),
                            ("working", "in work"),
                            ("done", "done"),
                            ("failed", "failed"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("work_lease", models.UUIDField(editable=False, null=True)),
                ("work_until", models.DateTimeField(editable=False, null=True)),
                ("work_rung_at", models.DateTimeField(editable=False, null=True)),
                ("work_attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("work_failure", models.CharField(blank=True, editable=False, max_length=200)),
                ("progress_done", models.PositiveIntegerField(default=0)),
                ("progress_total", models.PositiveIntegerField(default=0)),
                ("public_key", models.CharField(blank=True, max_length=200)),
                ("public_sha256", models.CharField(blank=True, max_length=64)),
                ("public_size", models.BigIntegerField(default=0)),
                ("confidential_key", models.CharField(blank=True, max_length=200)),
                ("confidential_sha256", models.CharField(blank=True, max_length=64)),
                ("confidential_size", models.BigIntegerField(default=0)),
                ("superseded_at", models.DateTimeField(null=True)),
                (
                    "motion",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="package", to="filings.omnibusmotion"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OmnibusVolume",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "work_state",
                    models.CharField(
                        choices=[
                            ("none", "nothing to do"),
                            ("waiting", "waiting for a worker"),
                            ("working", "in work"),
                            ("done", "done"),
                            ("failed", "failed"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("work_lease", models.UUIDField(editable=False, null=True)),
                ("work_until", models.DateTimeField(editable=False, null=True)),
                ("work_rung_at", models.DateTimeField(editable=False, null=True)),
                ("work_attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("work_failure", models.CharField(blank=True, editable=False, max_length=200)),
                ("progress_done", models.PositiveIntegerField(default=0)),
                ("progress_total", models.PositiveIntegerField(default=0)),
                ("is_confidential", models.BooleanField(default=False)),
                ("number", models.PositiveIntegerField()),
                ("plan", models.JSONField(null=True)),
                (
                    "motion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="volumes", to="filings.omnibusmotion"
                    ),
                ),
            ],
            options={
                "ordering": ["is_confidential", "number"],
            },
        ),
        migrations.CreateModel(
            name="OmnibusPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("title", models.CharField(max_length=300)),
                ("file_name", models.CharField(max_length=120)),
                ("pages", models.PositiveSmallIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField()),
                ("storage_key", models.CharField(max_length=200)),
                ("drafted_at", models.DateTimeField(auto_now_add=True)),
                ("superseded_at", models.DateTimeField(null=True)),
                (
                    "motion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="filings.omnibusmotion"
                    ),
                ),
                (
                    "volume",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="filings.omnibusvolume",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="omnibusvolume",
            constraint=models.UniqueConstraint(
                fields=("motion", "is_confidential", "number"), name="omnibus_volume_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="omnibuspaper",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at", None)),
                fields=("motion", "file_name"),
                name="one_standing_omnibus_paper",
            ),
        ),
        migrations.RunSQL(
            f"REVOKE DELETE, TRUNCATE ON {TABLES} FROM cmr_app;", f"GRANT DELETE ON {TABLES} TO cmr_app;"
        ),
    ]
