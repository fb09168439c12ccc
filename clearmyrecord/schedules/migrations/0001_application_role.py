"""What the application's role may do with the tables that exist and with those that later migrations make.

Read and write rows, nothing else: no DDL, no TRUNCATE. It runs before the trail's tables, whose own migrations take
rights away again.
"""

from django.db import migrations

GRANT = """
GRANT USAGE ON SCHEMA public TO cmr_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO cmr_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO cmr_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO cmr_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO cmr_app;
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM cmr_app;
"""
REVOKE = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM cmr_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM cmr_app;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM cmr_app;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM cmr_app;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    run_before = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(GRANT, REVOKE)]
