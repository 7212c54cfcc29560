"""The app of the records: the only one with tables."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "youbei.records"
    label = "records"
    verbose_name = "Records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from youbei.records import checks, lookups  # noqa: F401  (registered by importing)
