"""What a process uses: read from Linux's /proc, as proc(5) describes it."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
RESET_PEAK = "5"
# Other systems have no such folder; there nothing is metered.
WORKS_HERE = Path("/proc/self/clear_refs").exists()


@dataclass
class Meter:
    """Begins when it is made. Raises OSError when the process ends before it is read."""

    pid: int
    started: float = field(default_factory=time.monotonic)
    cpu_before_seconds: float = field(init=False)

    def __post_init__(self) -> None:
        self.cpu_before_seconds = self._cpu_seconds()
        (self._folder / "clear_refs").write_text(RESET_PEAK)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def cpu_percent(self) -> float:
        """Of one core, since the beginning."""
        return 100 * (self._cpu_seconds() - self.cpu_before_seconds) / self.seconds

    @property
    def memory_peak_mb(self) -> float:
        """The most it held in memory since the beginning, what it shares with others included."""
        status = (self._folder / "status").read_text()
        (kilobytes,) = (line.split()[1] for line in status.splitlines() if "VmHWM" in line)
        return int(kilobytes) / 1024

    @property
    def _folder(self) -> Path:
        return Path(f"/proc/{self.pid}")

    def _cpu_seconds(self) -> float:
        # The name in the second field may hold blanks; user and system time are 12 and 13 after it.
        fields = (self._folder / "stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND
