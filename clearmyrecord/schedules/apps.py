from django.apps import AppConfig


class SchedulesConfig(AppConfig):
    name = "clearmyrecord.schedules"
    label = "schedules"

    def ready(self) -> None:
        """Register the checks of the whole installation."""
        from clearmyrecord import checks  # noqa: F401
        from clearmyrecord.schedules import receivers

        receivers.connect()
