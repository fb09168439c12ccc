from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "clearmyrecord.desk"
    label = "desk"
