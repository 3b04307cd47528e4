"""The table of observations: one partition a month, made when the first reading of the month comes."""

from django.db import migrations

TABLE = """
CREATE TABLE telemetry_observation (
  datastream_id bigint NOT NULL,
  phenomenon_time timestamptz NOT NULL,
  phenomenon_end timestamptz,
  result double precision,
  result_json jsonb,
  result_time timestamptz,
  flag smallint NOT NULL DEFAULT 2,
  reasons smallint NOT NULL DEFAULT 0,
  feature_id bigint,
  valid_begin timestamptz,
  valid_end timestamptz,
  parameters jsonb,
  result_quality jsonb,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (datastream_id, phenomenon_time)
) PARTITION BY RANGE (phenomenon_time);
"""
# The programs that store readings do not own the tables, so the owner lends them this one act. The lock lets two that need
# the same month make it once; months are bounded, so that nobody can fill the catalogue with partitions.
MONTH = """
CREATE FUNCTION telemetry_ensure_month(moment timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  first timestamptz := date_trunc('month', moment);
  name text := 'telemetry_observation_' || to_char(first, 'YYYYMM');
BEGIN
  IF moment < '1970-01-01' OR moment > now() + interval '13 months' THEN
    RAISE EXCEPTION 'no partition for %', moment USING ERRCODE = '22008';
  END IF;
  IF NOT EXISTS (SELECT FROM pg_class WHERE relname = name AND relnamespace = 'public'::regnamespace) THEN
    PERFORM pg_advisory_xact_lock(hashtext('telemetry_ensure_month'));
    -- Asked again by a query, not by to_regclass: that may remember what it did not find before the lock.
    IF NOT EXISTS (SELECT FROM pg_class WHERE relname = name AND relnamespace = 'public'::regnamespace) THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF telemetry_observation FOR VALUES FROM (%L) TO (%L)',
                     name, first, first + interval '1 month');
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO pasti_app', name);
    END IF;
  END IF;
  RETURN name;
END $$;
REVOKE ALL ON FUNCTION telemetry_ensure_month(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry_ensure_month(timestamptz) TO pasti_app;
"""


class Migration(migrations.Migration):
    dependencies = [("telemetry", "0001_initial")]

    operations = [
        migrations.RunSQL(TABLE, "DROP TABLE telemetry_observation"),
        migrations.RunSQL(MONTH, "DROP FUNCTION telemetry_ensure_month(timestamptz)"),
    ]
