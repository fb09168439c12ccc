"""The account in whose name schedules act may do what an analyst may; the database keeps it from ever signing in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0008_public_defender")]
    operations = [
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=~models.Q(username="clean-slate schedule")
                | models.Q(
                    role="analyst",
                    is_attorney=False,
                    is_superuser=False,
                    is_active=True,
                    password__startswith="!",  # noqa: S106
                ),
                name="clean_slate_account_approves_nothing",
            ),
        )
    ]
