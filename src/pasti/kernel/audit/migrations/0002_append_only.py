"""The database's own part: row hashes, refusal of changes, and the sealing function."""

from django.db import migrations

SQL = """
CREATE FUNCTION audit_row_hash(e audit_entry) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(jsonb_build_array(
    e.id, extract(epoch FROM e.at), e.kind, e.action, e.actor_id, e.actor_name, e.actor_role, e.actor_unit,
    e.subject_id, e.object_type, e.object_id, e.object_label, e.fields, e.changes, e.purpose, e.request_id
  )::text, 'UTF8'))
$$;

CREATE FUNCTION audit_hash_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.row_hash := audit_row_hash(NEW); RETURN NEW; END $$;
CREATE TRIGGER audit_entry_hash BEFORE INSERT ON audit_entry
  FOR EACH ROW EXECUTE FUNCTION audit_hash_row();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $$;
CREATE TRIGGER audit_entry_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seal_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry, audit_seal FROM pasti_app;
REVOKE INSERT ON audit_seal FROM pasti_app;

-- The lock waits for open writers, so every id up to the last is settled; later writers get later ids.
-- SECURITY DEFINER: only the owner may take it, and the application may only ask for the whole act.
CREATE FUNCTION audit_seal_new_rows() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE head audit_seal; total integer; first bigint; last bigint; content bytea;
BEGIN
  LOCK TABLE audit_seal IN SHARE ROW EXCLUSIVE MODE;
  LOCK TABLE audit_entry IN SHARE MODE;
  SELECT * INTO head FROM audit_seal ORDER BY last_id DESC LIMIT 1;
  SELECT count(*), min(id), max(id), string_agg(row_hash, ''::bytea ORDER BY id)
    INTO total, first, last, content FROM audit_entry WHERE id > coalesce(head.last_id, 0);
  IF total = 0 THEN RETURN 0; END IF;
  INSERT INTO audit_seal (first_id, last_id, row_count, previous, digest, sealed_at)
  VALUES (first, last, total, coalesce(head.digest, ''::bytea),
          sha256(coalesce(head.digest, ''::bytea) || content), clock_timestamp());
  RETURN total;
END $$;
REVOKE ALL ON FUNCTION audit_seal_new_rows() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_seal_new_rows() TO pasti_app;
"""

UNDO = """
DROP FUNCTION audit_seal_new_rows();
DROP TRIGGER audit_seal_keep ON audit_seal;
DROP TRIGGER audit_entry_keep ON audit_entry;
DROP TRIGGER audit_entry_hash ON audit_entry;
DROP FUNCTION refuse_change();
DROP FUNCTION audit_hash_row();
DROP FUNCTION audit_row_hash(audit_entry);
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
