from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "clearmyrecord.office"
    label = "office"
