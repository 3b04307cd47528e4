from django.db import migrations


class Migration(migrations.Migration):
    """The days of grace of a control letter bound nothing: its date is known to BPJS only, which judges it."""

    dependencies = [("purut", "0008_speed")]

    operations = [migrations.RemoveField(model_name="hospital", name="control_grace_days")]
