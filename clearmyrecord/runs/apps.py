from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "clearmyrecord.runs"
    label = "runs"

    def ready(self) -> None:
        from clearmyrecord.runs import receivers

        receivers.connect()
