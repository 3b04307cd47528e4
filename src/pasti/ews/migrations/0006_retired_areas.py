"""Places at risk that the city pack names no more: out of use, and known still."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ews", "0005_sirens")]

    operations = [
        migrations.AddField("riskarea", "retired_at", models.DateTimeField(null=True)),
    ]
