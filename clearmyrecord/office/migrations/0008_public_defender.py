"""The public defender's role, and whether their objections must be resolved before a batch is approved."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0007_second_review_share")]
    operations = [
        migrations.AlterField(
            model_name="user",
            name="role",
            field=models.CharField(
                choices=[
                    ("analyst", "Analyst"),
                    ("supervisor", "Supervisor"),
                    ("administrator", "Administrator"),
                    ("auditor", "Auditor"),
                    ("public_defender", "Public defender"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_attorney", False), models.Q(("role", "public_defender"), _negated=True), _connector="OR"
                ),
                name="defender_is_no_deputy",
            ),
        ),
        migrations.AddField(
            model_name="office",
            name="objections_block",
            field=models.BooleanField(
                default=False,
                help_text="An attorney answers each with a reason, or takes the conviction out. Without this they are shown to "
                "whoever approves.",
                verbose_name="resolve the public defender’s objections before approval",
            ),
        ),
    ]
