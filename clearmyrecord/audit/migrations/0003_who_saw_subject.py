"""Who saw a subject is one indexed query."""

import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only_chain"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=django.contrib.postgres.indexes.GinIndex(fields=["subjects"], name="audit_who_saw_subject"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                fields=["id"], condition=models.Q(detail__has_key="subjects_sha256"), name="audit_large_downloads"
            ),
        ),
    ]
