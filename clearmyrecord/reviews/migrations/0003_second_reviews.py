"""Blind second reviews of decided convictions."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0003_reasons_of_suggestions"),
        ("reviews", "0002_assignments_and_saved_filters"),
        ("runs", "0005_runs_compared"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SecondReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("drawn_at", models.DateTimeField(auto_now_add=True)),
                ("taken_at", models.DateTimeField(null=True)),
                ("first_outcome", models.CharField(blank=True, max_length=12)),
                ("first_reason", models.TextField(blank=True)),
                ("outcome", models.CharField(blank=True, max_length=12)),
                ("reason", models.TextField(blank=True)),
                ("at", models.DateTimeField(null=True)),
                ("agrees", models.BooleanField(null=True)),
                ("settled_outcome", models.CharField(blank=True, max_length=12)),
                ("settled_reason", models.TextField(blank=True)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "conviction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="second_reviews",
                        to="records.conviction",
                    ),
                ),
                (
                    "determination",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="runs.determination",
                    ),
                ),
                (
                    "first_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="runs.run"),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("conviction", "run"), name="drawn_once_a_run"),
                    models.UniqueConstraint(
                        condition=models.Q(("at", None)), fields=("conviction",), name="one_waiting_second_review"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("by", None), models.Q(("by", models.F("first_by")), _negated=True), _connector="OR"
                        ),
                        name="second_review_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agrees", None), ("at", None), ("by", None), ("outcome", "")),
                            models.Q(
                                ("agrees__isnull", False),
                                ("at__isnull", False),
                                ("by__isnull", False),
                                ("first_by__isnull", False),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="second_review_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("settled_at", None),
                            models.Q(
                                ("agrees", False),
                                ("settled_by__isnull", False),
                                models.Q(("settled_by", models.F("by")), _negated=True),
                                models.Q(("settled_by", models.F("first_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="settled_by_a_third",
                    ),
                ],
            },
        ),
    ]
