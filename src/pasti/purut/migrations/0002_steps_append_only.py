"""Stamps are never changed or deleted: measures are computed from them."""

from django.db import migrations

SQL = """
CREATE TRIGGER purut_antreanstep_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON purut_antreanstep
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON purut_antreanstep FROM pasti_app;
"""
UNDO = "DROP TRIGGER purut_antreanstep_keep ON purut_antreanstep;"


class Migration(migrations.Migration):
    dependencies = [("purut", "0001_initial"), ("audit", "0002_append_only")]
    operations = [migrations.RunSQL(SQL, UNDO)]
