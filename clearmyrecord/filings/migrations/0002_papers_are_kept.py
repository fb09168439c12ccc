"""The application may mark papers as superseded, never delete them or their filings."""

from django.db import migrations

KEEP = """
REVOKE DELETE, TRUNCATE ON filings_filing, filings_paper, filings_paperchunk, filings_package FROM cmr_app;
"""
LET = """
GRANT DELETE ON filings_filing, filings_paper, filings_paperchunk, filings_package TO cmr_app;
"""


class Migration(migrations.Migration):
    dependencies = [("filings", "0001_initial"), ("schedules", "0001_application_role")]
    operations = [migrations.RunSQL(KEEP, LET)]
