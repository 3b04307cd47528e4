"""The second lock on requests about one's data and on the people a breach touched."""

from django.db import migrations

from pasti.kernel.accounts.row_locks import PEOPLE, protect, release

NAMED = f"person_id = ANY ({PEOPLE})"
SQL = protect("siap_pak_rt_datarequest", named=NAMED, named_may_write=True) + protect(
    "siap_pak_rt_breachsubject", place="area", named=NAMED
)
UNDO = release("siap_pak_rt_datarequest") + release("siap_pak_rt_breachsubject")


class Migration(migrations.Migration):
    dependencies = [("siap_pak_rt", "0003_rights")]
    operations = [migrations.RunSQL(SQL, UNDO)]
