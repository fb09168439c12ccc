"""Letters that tell people what the court did. Superseded, never deleted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("filings", "0005_omnibus_motions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("done", models.CharField(max_length=12)),
                ("language", models.CharField(max_length=5)),
                ("convictions", models.PositiveIntegerField()),
                ("ordered_on", models.DateField()),
                ("address", models.TextField()),
                ("address_source", models.CharField(max_length=400)),
                ("defender_phone", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=300)),
                ("file_name", models.CharField(max_length=120)),
                ("pages", models.PositiveSmallIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField()),
                ("storage_key", models.CharField(max_length=200)),
                ("written_at", models.DateTimeField(auto_now_add=True)),
                ("superseded_at", models.DateTimeField(null=True)),
                (
                    "filing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="letters", to="filings.filing"
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["done", "language"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("filing", "done", "language"),
                        name="one_standing_letter_per_relief_and_language",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "REVOKE DELETE, TRUNCATE ON filings_letter FROM cmr_app;", "GRANT DELETE ON filings_letter TO cmr_app;"
        ),
    ]
