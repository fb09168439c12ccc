from django.apps import AppConfig


class ReliefConfig(AppConfig):
    name = "clearmyrecord.relief"
    label = "relief"
