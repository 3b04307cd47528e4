"""Measurements are never changed or deleted."""

from django.db import migrations

SQL = """
CREATE TRIGGER publish_measurement_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON publish_measurement
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON publish_measurement FROM pasti_app;
"""
UNDO = "DROP TRIGGER publish_measurement_keep ON publish_measurement;"


class Migration(migrations.Migration):
    dependencies = [("publish", "0001_initial"), ("audit", "0002_append_only")]
    operations = [migrations.RunSQL(SQL, UNDO)]
