"""Extracts of courts: which column holds what, and what comparing them with the DOJ's convictions found."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0005_sample_figures"),
        ("records", "0003_reasons_of_suggestions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="recordfile",
            name="court",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="office.court"
            ),
        ),
        migrations.AddField(
            model_name="recordfile",
            name="kind",
            field=models.CharField(
                choices=[("doj", "DOJ research file"), ("court", "Court's extract")], default="doj", max_length=5
            ),
        ),
        migrations.CreateModel(
            name="CourtMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("values", models.JSONField()),
                ("saved_at", models.DateTimeField(auto_now_add=True)),
                (
                    "court",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="mappings", to="office.court"
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.AddField(
            model_name="recordfile",
            name="mapping",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="files", to="records.courtmapping"
            ),
        ),
        migrations.CreateModel(
            name="CourtRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.PositiveIntegerField()),
                ("line", models.PositiveIntegerField()),
                ("case_number", models.CharField(blank=True, max_length=100)),
                ("court", models.CharField(blank=True, max_length=120)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("birth_date", models.DateField(null=True)),
                ("section_text", models.CharField(blank=True, max_length=200)),
                ("code_section", models.CharField(blank=True, max_length=60)),
                ("prop64", models.CharField(blank=True, max_length=5)),
                ("severity", models.CharField(blank=True, max_length=12)),
                ("disposition", models.CharField(blank=True, max_length=200)),
                ("date", models.DateField(null=True)),
                ("sentence", models.TextField(blank=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("matched", "Matched"),
                            ("contradicting", "Contradicting"),
                            ("suggested", "Suggested"),
                            ("only_court", "Only the court's"),
                        ],
                        max_length=13,
                    ),
                ),
                ("subject_number", models.PositiveIntegerField(null=True)),
                ("likely", models.BooleanField(default=False)),
                ("score", models.FloatField(null=True)),
                ("levels", models.JSONField(default=dict)),
                (
                    "differing",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Nothing to answer"),
                            ("open", "Open"),
                            ("confirmed", "The same"),
                            ("refused", "Not the same"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, editable=False, size=None
                    ),
                ),
                (
                    "conviction",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="court_rows",
                        to="records.conviction",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="court_rows", to="records.recordfile"
                    ),
                ),
                (
                    "own",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="court_row",
                        to="records.conviction",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["file", "kind", "row"], name="court_row_by_kind")],
                "constraints": [models.UniqueConstraint(fields=("file", "row"), name="court_row_once")],
            },
        ),
        migrations.CreateModel(
            name="NotInExtract",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "conviction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="records.conviction"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="not_in_extract",
                        to="records.recordfile",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("file", "conviction"), name="not_in_extract_once")],
            },
        ),
    ]
