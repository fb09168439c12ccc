"""Schedules with their versions, when each was due, what lay in the inbox, and the batches drafted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("batches", "0006_samples"),
        ("office", "0009_clean_slate_account"),
        ("records", "0003_reasons_of_suggestions"),
        ("runs", "0004_newest_by"),
        ("schedules", "0001_application_role"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Schedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("set_up_at", models.DateTimeField(auto_now_add=True)),
                ("due_after", models.DateTimeField(null=True)),
                ("paused_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_reason", models.TextField(blank=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "paused_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ScheduleVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(null=True)),
                ("coded_pattern", models.JSONField()),
                ("reads_inbox", models.BooleanField(default=False)),
                ("drafts_batches", models.BooleanField(default=False)),
                ("tells_by_mail", models.BooleanField(default=False)),
                ("set_up_at", models.DateTimeField(auto_now_add=True)),
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
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
                    "policy",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="runs.policy"),
                ),
                (
                    "schedule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="schedules.schedule"
                    ),
                ),
            ],
            options={
                "ordering": [
                    "schedule_id",
                    models.OrderBy(models.F("number"), descending=True, nulls_first=True),
                    "-id",
                ],
            },
        ),
        migrations.CreateModel(
            name="DueRun",
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
                ("due_at", models.DateTimeField()),
                ("inserted_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("covered", "Covered by a later one"),
                            ("reading", "Reading new files"),
                            ("evaluating", "Evaluating"),
                            ("comparing", "Saying what changed"),
                            ("drafting", "Drafting batches"),
                            ("telling", "Telling people"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="reading",
                        max_length=10,
                    ),
                ),
                ("begun_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("changes", models.JSONField(default=dict)),
                ("failed_in", models.CharField(blank=True, max_length=10)),
                ("failure", models.TextField(blank=True)),
                ("remedy", models.TextField(blank=True)),
                ("mailed_to", models.PositiveIntegerField(default=0)),
                (
                    "compared_with",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="runs.run"
                    ),
                ),
                (
                    "covered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="covers",
                        to="schedules.duerun",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="due_runs", to="runs.run"
                    ),
                ),
                (
                    "schedule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="due_runs", to="schedules.schedule"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="due_runs",
                        to="schedules.scheduleversion",
                    ),
                ),
            ],
            options={
                "ordering": ["-due_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="DraftedBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafted_by_schedule",
                        to="batches.batch",
                    ),
                ),
                (
                    "court",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="office.court"),
                ),
                (
                    "due_run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="drafted", to="schedules.duerun"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("due_run", "court"), name="one_batch_per_court")],
            },
        ),
        migrations.CreateModel(
            name="InboxFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255)),
                ("size", models.BigIntegerField()),
                ("modified_at", models.DateTimeField()),
                ("same_since", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("changing", "Waiting until its size stays the same"),
                            ("taken", "Taken"),
                            ("known", "Known already"),
                            ("refused", "No record file"),
                            ("unreadable", "Could not be opened"),
                        ],
                        default="changing",
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                (
                    "due_run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="inbox_files", to="schedules.duerun"
                    ),
                ),
                (
                    "record_file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.recordfile",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "changing")), fields=("name",), name="changing_once_per_name"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at", None),
                    models.Q(("ended_by__isnull", False), models.Q(("end_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="ended_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="scheduleversion",
            constraint=models.UniqueConstraint(fields=("schedule", "number"), name="schedule_version"),
        ),
        migrations.AddConstraint(
            model_name="scheduleversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("approved_at", None), ("discarded_at", None)),
                fields=("schedule",),
                name="one_proposed_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="scheduleversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by", None), models.Q(("approved_by", models.F("author")), _negated=True), _connector="OR"
                ),
                name="schedule_approved_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="scheduleversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_at", None), ("approved_by", None), ("number", None)),
                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False), ("number__isnull", False)),
                    _connector="OR",
                ),
                name="schedule_approval_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="scheduleversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("discarded_at", None), ("approved_at", None), _connector="OR"),
                name="schedule_approved_or_discarded",
            ),
        ),
        migrations.AddConstraint(
            model_name="duerun",
            constraint=models.UniqueConstraint(fields=("schedule", "due_at"), name="due_once"),
        ),
        migrations.AddConstraint(
            model_name="duerun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("covered_by__isnull", False), ("state", "covered")),
                    models.Q(models.Q(("state", "covered"), _negated=True), ("covered_by", None)),
                    _connector="OR",
                ),
                name="covered_says_by_which",
            ),
        ),
        migrations.AddConstraint(
            model_name="duerun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "failed"), _negated=True),
                    models.Q(models.Q(("failure", ""), _negated=True), models.Q(("remedy", ""), _negated=True)),
                    _connector="OR",
                ),
                name="failed_says_why",
            ),
        ),
    ]
