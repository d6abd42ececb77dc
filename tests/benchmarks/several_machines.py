"""Run `examples/cluster/compose.yaml` without Docker: each service on a machine of its own.

    sudo python tests/benchmarks/several_machines.py SHARED -- COMMAND ...

A machine is a set of Linux namespaces: its own network address, processes, /tmp, home and working
folder. SHARED is mounted at /shared on all of them, as the file says. COMMAND runs on one more
machine; `{kill}` in place of a word of it is taken out and kills a worker after 25 seconds.
The commands, settings and the number of workers are those of the file.
"""

import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "examples" / "cluster" / "compose.yaml"
BRIDGE = "coder-br"
NETWORK = "10.77.0"
HOME = "/tmp/home"  # noqa: S108  # on each machine its own
KILL_AFTER = 25.0  # seconds


def sh(line: str) -> None:
    subprocess.run(shlex.split(line), check=True)


@contextmanager
def network() -> Iterator[None]:
    """A bridge that all machines are joined to, and nothing else."""
    sh(f"ip link add {BRIDGE} type bridge")
    try:
        sh(f"ip link set {BRIDGE} up")
        yield
    finally:
        sh(f"ip link del {BRIDGE}")


class Machine:
    """Namespaces with an address of their own."""

    def __init__(self, name: str, number: int, shared: Path, hosts: Path) -> None:
        self.name = name
        self.address = f"{NETWORK}.{number}"
        self._space = f"coder-{name}"
        self._number = number
        self._shared = shared
        self._hosts = hosts
        self._process: subprocess.Popen[bytes] | None = None
        sh(f"ip netns add {self._space}")
        sh(f"ip link add cv{number} type veth peer name eth0 netns {self._space}")
        sh(f"ip link set cv{number} master {BRIDGE} up")
        inside = f"ip netns exec {self._space}"
        sh(f"{inside} ip addr add {self.address}/24 dev eth0")
        sh(f"{inside} ip link set eth0 up")
        sh(f"{inside} ip link set lo up")
        sh(f"{inside} ip route add default dev eth0")

    def start(self, command: str, settings: dict[str, str]) -> subprocess.Popen[bytes]:
        """Start a command on the machine; its output goes to a file in the shared folder."""
        setup = " && ".join(
            [
                f"mount --bind {shlex.quote(str(self._hosts))} /etc/hosts",
                "mkdir -p /shared",
                f"mount --bind {shlex.quote(str(self._shared))} /shared",
                "mount -t tmpfs tmpfs /tmp",
                f"mkdir -p {HOME}",
                f"cd {HOME}",
                f"exec {command}",
            ]
        )
        environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": HOME,
            "PYTHONPATH": str(ROOT),
            **settings,
        }
        words = ["ip", "netns", "exec", self._space]
        words += ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        self._process = subprocess.Popen([*words, "sh", "-c", setup], env=environment)
        return self._process

    def stop(self) -> None:
        """End its processes and take the machine away."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        for line in (f"ip link del cv{self._number}", f"ip netns del {self._space}"):
            subprocess.run(shlex.split(line), check=False)


def main() -> None:
    shared = Path(sys.argv[1]).resolve()
    words = sys.argv[sys.argv.index("--") + 1 :]
    kill = "{kill}" in words
    if kill:
        words.remove("{kill}")
    services: dict[str, Any] = YAML(typ="safe").load(COMPOSE.read_text("utf-8"))["services"]
    workers = int(services["worker"]["deploy"]["replicas"])
    with ExitStack() as stack:
        stack.enter_context(network())
        hosts = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "hosts"
        hosts.write_text(f"127.0.0.1 localhost\n{NETWORK}.2 scheduler\n")

        def start(name: str, number: int, command: str, settings: dict[str, str]) -> Any:
            machine = Machine(name, number, shared, hosts)
            stack.callback(machine.stop)
            return machine.start(command, settings)

        of_scheduler = services["scheduler"]
        start("scheduler", 2, of_scheduler["command"], of_scheduler["environment"])
        time.sleep(3)
        of_worker = services["worker"]
        started = []
        for number in range(workers):
            name = f"worker{number + 1}"
            started.append(start(name, 3 + number, of_worker["command"], of_worker["environment"]))
        driver = start("driver", 99, shlex.join(words), services["coder"]["environment"])
        if kill:
            time.sleep(KILL_AFTER)
            started[0].kill()
            print("a worker was killed", flush=True)
        status = driver.wait()
    sys.exit(status)


if __name__ == "__main__":
    main()
