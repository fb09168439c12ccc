from django.apps import AppConfig


class ReliefConfig(AppConfig):
    name = "clearmyrecord.relief"
    label = "relief"

    def ready(self) -> None:
        from clearmyrecord.relief import receivers

        receivers.connect()
