"""Which streams have observations of which feature."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("telemetry", "0004_devices")]

    operations = [
        migrations.CreateModel(
            name="FeatureStream",
            fields=[
                ("pk", models.CompositePrimaryKey("feature_id", "datastream_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("datastream", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="telemetry.datastream")),
                ("feature", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="telemetry.featureofinterest")),
            ],
        ),
    ]
