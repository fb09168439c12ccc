from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "clearmyrecord.audit"
    label = "audit"
