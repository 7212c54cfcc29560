from django.db import migrations


def fill(apps, schema_editor):
    """Note on which places the plans rest that are stored already."""
    versions, places = apps.get_model("records", "PlanVersion"), apps.get_model("records", "PlanPlace")
    for version in versions.objects.only("pk", "data").iterator(chunk_size=50):
        places.objects.bulk_create(places(version=version, **one) for one in places_in(version.data))


def places_in(data):
    for step in data.get("steps", ()):
        for need in step.get("needs", ()):
            if need.get("place", "incident") != "incident":
                yield {"part": f"steps.{step['id']}.needs.{need['id']}"[:160], "site_code": need["place"][:80]}
    for scenario in data.get("scenarios", ()):
        if scenario.get("place"):
            at = scenario["place"]
            yield {"part": f"scenarios.{scenario['id']}"[:160], "lat": at["lat"], "lon": at["lon"]}


class Migration(migrations.Migration):
    dependencies = [("records", "0029_sites")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
