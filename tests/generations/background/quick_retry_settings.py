"""The tests' settings, but a task that was not finished is handed out once more within seconds."""

from tests.served_settings import *  # noqa: F403

Q_CLUSTER = {**Q_CLUSTER, "timeout": 2, "retry": 3}  # noqa: F405
