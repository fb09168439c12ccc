"""Two runs are compared conviction by conviction; a run knows which one was in use before it."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

WORK_STATES = [
    ("none", "nothing to do"),
    ("waiting", "waiting for a worker"),
    ("working", "in work"),
    ("done", "done"),
    ("failed", "failed"),
]
KINDS = [
    ("changed", "Another result"),
    ("new", "New"),
    ("gone", "Gone"),
    ("same", "Same result, found otherwise"),
]


class Migration(migrations.Migration):
    dependencies = [("runs", "0004_newest_by"), ("records", "0003_reasons_of_suggestions")]
    operations = [
        migrations.AddField(
            model_name="run",
            name="replaced",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="runs.run"
            ),
        ),
        migrations.CreateModel(
            name="RunComparison",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("work_state", models.CharField(choices=WORK_STATES, default="waiting", max_length=8)),
                ("work_lease", models.UUIDField(editable=False, null=True)),
                ("work_until", models.DateTimeField(editable=False, null=True)),
                ("work_rung_at", models.DateTimeField(editable=False, null=True)),
                ("work_attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("work_failure", models.CharField(blank=True, editable=False, max_length=200)),
                ("progress_done", models.PositiveIntegerField(default=0)),
                ("progress_total", models.PositiveIntegerField(default=0)),
                (
                    "after",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="comparisons_to", to="runs.run"
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="comparisons_from", to="runs.run"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["before", "after"], name="runs_compared_once"),
                    models.CheckConstraint(
                        condition=models.Q(before=models.F("after"), _negated=True), name="two_runs_compared"
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="RunDifference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=KINDS, max_length=7)),
                ("outcome_before", models.CharField(blank=True, max_length=12)),
                ("outcome_after", models.CharField(blank=True, max_length=12)),
                ("rule_before", models.CharField(blank=True, max_length=80)),
                ("rule_after", models.CharField(blank=True, max_length=80)),
                (
                    "changed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), default=list, size=None
                    ),
                ),
                (
                    "causes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), default=list, size=None
                    ),
                ),
                (
                    "after",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="runs.determination",
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="runs.determination",
                    ),
                ),
                (
                    "comparison",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="differences",
                        to="runs.runcomparison",
                    ),
                ),
                (
                    "conviction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="records.conviction"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["comparison", "conviction"], name="one_difference_per_conviction")
                ]
            },
        ),
    ]
