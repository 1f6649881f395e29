"""The project itself as an app: its commands are found here."""

from django.apps import AppConfig


class SharkwebConfig(AppConfig):
    name = "sharkweb"
