"""The moment until which a letter was promised: what measures compare with."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("siap_pak_rt", "0009_desk")]
    operations = [
        migrations.AddField(
            "letter",
            "promised_until",
            models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        )
    ]
