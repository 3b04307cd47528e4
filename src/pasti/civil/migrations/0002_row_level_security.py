"""The second lock: without a scope in the session, the application role sees no person.

Every policy compares with arrays that are computed once per statement (uncorrelated sub-selects): the codes of
all places within the scope's areas, and the people named in it. Equality on text and uuid is leakproof, so the
indexes on them serve the policies. The owner of the tables (migrations, bulk loads) is not bound.
"""

from django.db import migrations

AREAS = """ARRAY(
    SELECT p.code FROM places_place p
    JOIN unnest(string_to_array(current_setting('pasti.scope_areas', true), ',')) AS area
      ON p.code = area OR starts_with(p.code, area || '.') WHERE area <> '')"""
PEOPLE = """ARRAY(
    SELECT one::uuid FROM unnest(string_to_array(current_setting('pasti.scope_people', true), ',')) AS one
    WHERE one <> '')"""
FAMILIES = f"ARRAY(SELECT m.family_id FROM civil_membership m WHERE m.person_id = ANY ({PEOPLE}))"
ADDRESSES = f"""ARRAY(SELECT f.address_id FROM civil_family f
    JOIN civil_membership m ON m.family_id = f.id WHERE m.person_id = ANY ({PEOPLE}))"""

RULES = {
    "civil_person": f"id = ANY ({PEOPLE})",
    "civil_personversion": f"person_id = ANY ({PEOPLE})",
    "civil_membership": f"person_id = ANY ({PEOPLE})",
    "civil_family": f"id = ANY ({FAMILIES})",
    "civil_address": f"id = ANY ({ADDRESSES})",
}


def protect(table: str, named: str) -> str:
    """The policies of one table: reading by area or by name, writing only by area."""
    area = f"rt_code::text = ANY ({AREAS})"
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY {table}_read ON {table} FOR SELECT TO pasti_app USING ({area} OR {named});
CREATE POLICY {table}_add ON {table} FOR INSERT TO pasti_app WITH CHECK ({area});
CREATE POLICY {table}_change ON {table} FOR UPDATE TO pasti_app USING ({area} OR {named}) WITH CHECK ({area});
CREATE POLICY {table}_remove ON {table} FOR DELETE TO pasti_app USING (false);
"""


HOUSEHOLD = """
-- Who shares a family card with a person: ids alone, so that a resident's scope can hold the own family.
CREATE FUNCTION civil_household_ids(of_person uuid) RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(other.person_id ORDER BY other.relation, other.id), '{}') FROM civil_membership own
  JOIN civil_membership other ON other.family_id = own.family_id AND other.ends IS NULL
  WHERE own.person_id = of_person AND own.ends IS NULL
$$;
REVOKE ALL ON FUNCTION civil_household_ids(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION civil_household_ids(uuid) TO pasti_app;

REVOKE UPDATE, DELETE, TRUNCATE ON civil_personversion FROM pasti_app;
REVOKE DELETE, TRUNCATE ON civil_person, civil_family, civil_membership, civil_address FROM pasti_app;
"""

SQL = "".join(protect(table, named) for table, named in RULES.items()) + HOUSEHOLD
UNDO = "DROP FUNCTION civil_household_ids(uuid);\n" + "".join(
    "".join(f"DROP POLICY {table}_{act} ON {table};\n" for act in ("read", "add", "change", "remove"))
    + f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;\n"
    for table in RULES
)


class Migration(migrations.Migration):
    dependencies = [("civil", "0001_initial"), ("places", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
