from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0003_aftermath"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["lead_identity", "status"], name="incident_by_lead"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["nominee_identity", "status"], name="incident_by_nominee"),
        ),
    ]
