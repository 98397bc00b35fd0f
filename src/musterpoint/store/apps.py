from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "musterpoint.store"
    label = "store"
