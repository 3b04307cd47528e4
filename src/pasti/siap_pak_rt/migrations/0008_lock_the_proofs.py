"""The second lock on proofs and uploads. What a report or letter has claimed, nobody removes."""

from django.db import migrations

from pasti.kernel.accounts.row_locks import AREAS, PEOPLE, protect, release

SUBJECT = f"subject_id = ANY ({PEOPLE})"


def removable(table: str, condition: str) -> str:
    """Let rows of the scope's areas go on a condition; `protect` lets none."""
    return f"""
DROP POLICY {table}_remove ON {table};
CREATE POLICY {table}_remove ON {table} FOR DELETE TO pasti_app
  USING (rt_code::text = ANY ({AREAS}) AND {condition});
"""


SQL = (
    protect("siap_pak_rt_attachment", named=SUBJECT, named_may_write=True)
    + removable("siap_pak_rt_attachment", "claimed_to = ''")
    + protect("siap_pak_rt_upload", named=SUBJECT, named_may_write=True)
    + removable("siap_pak_rt_upload", "true")
)
UNDO = release("siap_pak_rt_attachment") + release("siap_pak_rt_upload")


class Migration(migrations.Migration):
    dependencies = [("siap_pak_rt", "0007_proofs"), ("places", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
