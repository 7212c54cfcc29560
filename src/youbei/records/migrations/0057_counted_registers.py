from django.db import migrations

from youbei.records.counts.journal import InstallCounting


class Migration(migrations.Migration):
    """Write down the changes of posts, who holds them, qualifications, contact ways, classes, members and equipment."""

    dependencies = [("records", "0056_interruptions")]

    operations = [InstallCounting()]
