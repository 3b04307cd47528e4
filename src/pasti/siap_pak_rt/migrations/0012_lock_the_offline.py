"""The second lock on what devices hand in. Answers stay."""

from django.db import migrations

from pasti.kernel.accounts.row_locks import PEOPLE, protect, release

SQL = protect("siap_pak_rt_syncaction", named=f"subject_id = ANY ({PEOPLE})")
UNDO = release("siap_pak_rt_syncaction")


class Migration(migrations.Migration):
    dependencies = [("siap_pak_rt", "0011_offline"), ("places", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
