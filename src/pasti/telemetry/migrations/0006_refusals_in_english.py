"""Why a message was refused, in English too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("telemetry", "0005_feature_streams")]

    operations = [
        migrations.AddField("refusedmessage", "reason_en", models.CharField(max_length=300, default="", db_default="")),
    ]
