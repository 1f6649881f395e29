"""The project's settings, with django-q2 as it comes: four workers, its defaults for the rest."""

from sharkweb.settings import *  # noqa: F403

# What the project schedules is not plain django-q2's to do.
Q_CLUSTER = {
    "name": "plain",
    "orm": "default",
    "workers": 4,
    "timeout": 175,
    "retry": 180,
    "scheduler": False,
}
