"""How long raw readings stay, and which months were put away."""

from django.db import migrations, models

# A stream's newest reading is written over and over: with room in its page that touches no index.
ROOM = "ALTER TABLE telemetry_latest SET (fillfactor = 50)"


class Migration(migrations.Migration):
    dependencies = [("telemetry", "0002_partitions")]

    operations = [
        migrations.AddField(
            model_name="datastream",
            name="retention_years",
            field=models.SmallIntegerField(default=10, null=True),
        ),
        migrations.CreateModel(
            name="ArchivedMonth",
            fields=[
                ("month", models.DateField(primary_key=True, serialize=False)),
                ("file", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("readings", models.BigIntegerField()),
                ("archived_at", models.DateTimeField()),
            ],
            options={"ordering": ["month"]},
        ),
        migrations.RunSQL(ROOM, "ALTER TABLE telemetry_latest RESET (fillfactor)"),
    ]
