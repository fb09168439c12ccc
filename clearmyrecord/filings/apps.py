from django.apps import AppConfig


class FilingsConfig(AppConfig):
    name = "clearmyrecord.filings"
    label = "filings"

    def ready(self) -> None:
        from clearmyrecord.filings import receivers

        receivers.connect()
