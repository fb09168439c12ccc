from django.apps import AppConfig


class DemoConfig(AppConfig):
    """An invented county to try the product with. Installed only where DEMO is set; never in an office."""

    name = "clearmyrecord.demo"
    label = "demo"
