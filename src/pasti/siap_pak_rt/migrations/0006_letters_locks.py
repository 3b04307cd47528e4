"""The second lock on letters: the RT, RW and kelurahan of the place, and the resident with the own family.

A resident may add and change the own letters (asking, taking back); steps are never changed; nobody deletes.
"""

from django.db import migrations

from pasti.kernel.accounts.row_locks import PEOPLE, protect, release

NAMED = f"subject_id = ANY ({PEOPLE})"
TABLES = ("siap_pak_rt_letter", "siap_pak_rt_letterstep")
SQL = (
    "".join(protect(table, named=NAMED, named_may_write=True) for table in TABLES)
    + """
CREATE TRIGGER siap_pak_rt_letterstep_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON siap_pak_rt_letterstep
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON siap_pak_rt_letterstep FROM pasti_app;
REVOKE DELETE, TRUNCATE ON siap_pak_rt_letter, siap_pak_rt_numberseries FROM pasti_app;
"""
)
UNDO = "DROP TRIGGER siap_pak_rt_letterstep_keep ON siap_pak_rt_letterstep;\n" + "".join(map(release, TABLES))


class Migration(migrations.Migration):
    dependencies = [
        ("siap_pak_rt", "0005_letters"),
        ("audit", "0002_append_only"),
        ("places", "0001_initial"),
    ]
    operations = [migrations.RunSQL(SQL, UNDO)]
