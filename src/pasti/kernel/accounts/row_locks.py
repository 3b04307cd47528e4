"""SQL of the second lock: row-level security with the same scope as `ScopedManager`, for migrations.

Every policy compares with arrays that are computed once per statement (uncorrelated sub-selects): the codes of all
places within the scope's areas, and the people named in it. Equality on text and uuid is leakproof, so the indexes on
them serve the policies. The owner of the tables (migrations, bulk loads) is not bound.
"""

from __future__ import annotations

AREAS = """ARRAY(
    SELECT p.code FROM places_place p
    JOIN unnest(string_to_array(current_setting('pasti.scope_areas', true), ',')) AS area
      ON p.code = area OR starts_with(p.code, area || '.') WHERE area <> '')"""
PEOPLE = """ARRAY(
    SELECT one::uuid FROM unnest(string_to_array(current_setting('pasti.scope_people', true), ',')) AS one
    WHERE one <> '')"""
# Whether one of the scope's areas is the city as a whole: its code has two parts.
WHOLE_CITY = """(SELECT coalesce(bool_or(area ~ '^[^.]+[.][^.]+$'), false)
    FROM unnest(string_to_array(current_setting('pasti.scope_areas', true), ',')) AS area)"""
ACTS = ("read", "add", "change", "remove")


def within(place: str = "rt_code") -> str:
    """Whether the code in column `place` lies in one of the scope's areas, by its beginning.

    For rows that are being written: no index can help there, and the few areas are compared faster than all places in
    them.
    """
    return f"""(({place}::text || '.') ^@ ANY (ARRAY(
    SELECT area || '.' FROM unnest(string_to_array(current_setting('pasti.scope_areas', true), ',')) AS area
    WHERE area <> '')))"""


def protect(table: str, *, place: str = "rt_code", named: str = "false", named_may_write: bool = False) -> str:
    """The policies of one table: reading by the place in column `place` or by the condition `named`.

    Writing goes by place alone, unless `named_may_write`: then those named may add and change too. Nobody removes.
    """
    area = f"{place}::text = ANY ({AREAS})"
    write = f"({within(place)} OR {named})" if named_may_write else within(place)
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY {table}_read ON {table} FOR SELECT TO pasti_app USING ({area} OR {named});
CREATE POLICY {table}_add ON {table} FOR INSERT TO pasti_app WITH CHECK ({write});
CREATE POLICY {table}_change ON {table} FOR UPDATE TO pasti_app USING ({area} OR {named}) WITH CHECK ({write});
CREATE POLICY {table}_remove ON {table} FOR DELETE TO pasti_app USING (false);
"""


def release(table: str) -> str:
    """Take the policies of `protect` back."""
    return "".join(f"DROP POLICY {table}_{act} ON {table};\n" for act in ACTS) + (
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;\n"
    )
