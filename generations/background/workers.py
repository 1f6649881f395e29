"""What every worker does beside its tasks: it outlives no leader and lets no task come for ever.

Hooks of django-q2 only; what tasks do is not known here.
"""

import os
import signal
import threading
import time
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.signals import post_execute_in_worker, post_spawn, pre_execute

from generations.background import DRAIN_SIGNAL
from generations.models.runners import exists

LEADER_LOOK_SECONDS = 1.0


def listen() -> None:
    """To be called before the workers are forked."""
    post_spawn.connect(_watch_the_leader)
    pre_execute.connect(_forget_the_second_time)
    post_execute_in_worker.connect(_ignore_drain)


def _watch_the_leader(**_: Any) -> None:
    threading.Thread(target=_end_with_the_leader, daemon=True).start()


def _end_with_the_leader() -> None:
    """Without its leader nobody could stop the cluster, nor would see that it hangs."""
    while exists(os.getpgrp()):
        time.sleep(LEADER_LOOK_SECONDS)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _forget_the_second_time(task: dict[str, Any], **_: Any) -> None:
    """Takes a task that is handed out once more off its queue before it runs.

    django-q2 counts an attempt when it has ended, so that one that kills its worker never counts
    and would come back for ever.
    """
    if timezone.now() - task["started"] > timedelta(seconds=Conf.RETRY):
        OrmQ.objects.filter(pk=task["ack_id"]).delete()


def _ignore_drain(**_: Any) -> None:
    """asyncio leaves the signal, which is sent again and again, with its default: death."""
    signal.signal(DRAIN_SIGNAL, signal.SIG_IGN)
