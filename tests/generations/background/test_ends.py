"""A cluster's end: in time, however it is asked, whatever its workers do; and nothing is left."""

import os
import select
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django_q.models import OrmQ

from generations.models import Runner, Timekeeper
from tests.conftest import wait_until
from tests.generations.background.clusters import Cluster, Command, in_hand, is_done, running

pytestmark = pytest.mark.faults

COMMANDS: list[Command] = ["work", "keep_time"]
DRAIN_SECONDS = 2
# Beyond the drain, for what a hung cluster is given before it is killed.
END_SECONDS = 4
# On a machine that does other things, too.
SLACK_SECONDS = 8
HUNG_SECONDS = 25

both = pytest.mark.parametrize("command", COMMANDS)


def seconds_until_gone(cluster: Cluster) -> float:
    started = time.monotonic()
    wait_until(cluster.is_gone, 40)
    return time.monotonic() - started


def to_the_leader(cluster: Cluster) -> None:
    cluster.process.terminate()


def to_all(cluster: Cluster) -> None:
    os.killpg(cluster.process.pid, signal.SIGTERM)


def by_ctrl_c(cluster: Cluster) -> None:
    os.killpg(cluster.process.pid, signal.SIGINT)


def kill_all_below_the_sentinel(cluster: Cluster) -> set[int]:
    killed = set(cluster.below_the_sentinel)
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    return killed


@both
@pytest.mark.parametrize("ask", [to_the_leader, to_all, by_ctrl_c])
def test_an_idle_cluster_ends_at_once(command: Command, ask: Callable[[Cluster], None]) -> None:
    with running(command) as cluster:
        own, queue = cluster.id, cluster.queue
        assert own
        ask(cluster)
        assert seconds_until_gone(cluster) < SLACK_SECONDS
    assert cluster.process.returncode == 0
    assert not Timekeeper.objects.filter(pk=own).exists()
    assert not Runner.objects.filter(cluster_id=own).exists()
    assert not OrmQ.objects.filter(key=queue).exists()


def test_a_chore_has_time_to_finish() -> None:
    with running("keep_time", SHARKAPI_DRAIN_SECONDS="20") as cluster:
        chore, queue = cluster.give("sleep", 5), cluster.queue
        wait_until(lambda: in_hand(chore))
        cluster.process.terminate()
        seconds_until_gone(cluster)
    assert cluster.process.returncode == 0
    assert is_done(chore)
    assert not OrmQ.objects.filter(key=queue).exists()


def test_a_chore_that_takes_longer_is_left_for_another_cluster() -> None:
    with running("keep_time") as cluster:
        chore, queue = cluster.give("sleep", 60), cluster.queue
        wait_until(lambda: in_hand(chore))
        to_all(cluster)
        assert seconds_until_gone(cluster) < DRAIN_SECONDS + END_SECONDS + SLACK_SECONDS
    assert not is_done(chore)
    assert in_hand(chore) == 1
    OrmQ.objects.filter(key=queue).delete()


@both
def test_a_hung_cluster_ends_in_time(command: Command) -> None:
    with running(command) as cluster:
        # Whichever of them held the lock of the workers' queue holds it for ever.
        killed = kill_all_below_the_sentinel(cluster)
        wait_until(lambda: len(set(cluster.below_the_sentinel) - killed) == len(killed))
        cluster.process.terminate()
        assert seconds_until_gone(cluster) < DRAIN_SECONDS + END_SECONDS + SLACK_SECONDS
    assert cluster.process.returncode == -signal.SIGKILL


@both
@pytest.mark.parametrize("victim", ["leader", "sentinel"])
def test_neither_leader_nor_sentinel_leaves_anything_behind(command: Command, victim: str) -> None:
    with running(command) as cluster:
        os.kill(cluster.process.pid if victim == "leader" else cluster.sentinel, signal.SIGKILL)
        assert seconds_until_gone(cluster) < SLACK_SECONDS


def test_a_cluster_whose_idle_workers_were_killed_ends_to_be_started_again() -> None:
    with running("keep_time") as cluster:
        kill_all_below_the_sentinel(cluster)
        assert seconds_until_gone(cluster) < HUNG_SECONDS + SLACK_SECONDS
    assert cluster.process.returncode == -signal.SIGKILL


def is_heard(on: socket.socket, within_seconds: float) -> bool:
    return bool(select.select([on], [], [], within_seconds)[0])


@both
def test_systemd_hears_that_it_lives(command: Command, tmp_path: Path) -> None:
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(address))
        systemd.settimeout(5)
        with running(command, NOTIFY_SOCKET=str(address)) as cluster:
            for _ in range(3):
                assert systemd.recv(100) == b"READY=1\nWATCHDOG=1"
            os.kill(cluster.process.pid, signal.SIGSTOP)
            time.sleep(1)
            while is_heard(systemd, within_seconds=0):
                systemd.recv(100)
            assert not is_heard(systemd, within_seconds=2)
