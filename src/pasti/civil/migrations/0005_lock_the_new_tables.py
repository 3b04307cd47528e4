"""The second lock on the new tables, and names by their sound.

What happened stays as it was written: only its state at Disdukcapil moves on. Sounds are compared by a function of
the owner that gives ids alone, because the array operators may not look under a policy's rows; who may see those
people is asked by the policy of `civil_person`.
"""

from importlib import import_module

from django.db import migrations

first_lock = import_module("pasti.civil.migrations.0002_row_level_security")
PEOPLE = first_lock.PEOPLE

BY_RT = {
    "civil_peristiwa": f"person_id = ANY ({PEOPLE})",
    "civil_familynumber": f"family_id = ANY ({first_lock.FAMILIES})",
    "civil_duplicatepair": f"first_id = ANY ({PEOPLE})",
}
BY_AREA = ("civil_importbatch", "civil_importrow")
ACTS = ("read", "add", "change", "remove")


def protect_area(table: str) -> str:
    """The policies of a table whose rows belong to the clerk of a place."""
    area = f"area::text = ANY ({first_lock.AREAS})"
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY {table}_read ON {table} FOR SELECT TO pasti_app USING ({area});
CREATE POLICY {table}_add ON {table} FOR INSERT TO pasti_app WITH CHECK ({area});
CREATE POLICY {table}_change ON {table} FOR UPDATE TO pasti_app USING ({area}) WITH CHECK ({area});
CREATE POLICY {table}_remove ON {table} FOR DELETE TO pasti_app USING ({area});
"""


RIGHTS = """
REVOKE UPDATE, DELETE, TRUNCATE ON civil_peristiwa FROM pasti_app;
GRANT UPDATE (dukcapil_state, dukcapil_document, dukcapil_at) ON civil_peristiwa TO pasti_app;
REVOKE DELETE, TRUNCATE ON civil_familynumber, civil_duplicatepair FROM pasti_app;

CREATE FUNCTION civil_people_sounding(sounds text[]) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT id FROM civil_person WHERE name_sounds @> sounds::varchar(12)[]
$$;
REVOKE ALL ON FUNCTION civil_people_sounding(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION civil_people_sounding(text[]) TO pasti_app;
"""
SQL = "".join(first_lock.protect(t, named) for t, named in BY_RT.items()) + "".join(map(protect_area, BY_AREA)) + RIGHTS
UNDO = "DROP FUNCTION civil_people_sounding(text[]);\n" + "".join(
    "".join(f"DROP POLICY {table}_{act} ON {table};\n" for act in ACTS)
    + f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;\n"
    for table in (*BY_RT, *BY_AREA)
)


class Migration(migrations.Migration):
    dependencies = [("civil", "0004_events_imports_duplicates")]
    operations = [migrations.RunSQL(SQL, UNDO)]
