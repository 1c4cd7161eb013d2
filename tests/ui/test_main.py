"""The command as a process: quiet pipes, lean imports, equal bytes from equal seeds, captures for tshark."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "iosim.ui.main"]
PING = ["exec", "site-to-site", "-c", "PC1: ping 192.168.2.10", "-c", "R1: show crypto ipsec sa"]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )


def test_a_reader_that_leaves_is_no_error() -> None:
    process = subprocess.Popen([*COMMAND, *PING], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait()


def test_an_interrupt_is_quiet() -> None:
    script = ["exec", "site-to-site", "-c", "PC1: ping 192.168.2.10", "-c", "PC1: ping 192.168.2.10 repeat 100000000"]
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a job in the background of a shell ignores it
    process = subprocess.Popen([*COMMAND, *script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heed)
    assert process.stdout is not None
    assert process.stdout.readline().startswith(b"PC1> ping")  # it runs
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60)[1] == b""
    assert process.returncode == 130


def test_a_headless_run_loads_no_screens() -> None:
    code = (
        "import sys; from iosim.ui.main import main; main(sys.argv[1:]);"
        "print([name for name in ('rich', 'asyncio', 'iosim.ios.tty') if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, "exec", "site-to-site", "-c", "R1:"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1] == "[]"


def test_run_needs_a_terminal() -> None:
    outcome = subprocess.run(
        [*COMMAND, "run", "site-to-site"], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    assert outcome.returncode == 2
    assert outcome.stderr == b"iosim: run needs a terminal; exec runs commands without one\n"


def test_equal_seeds_give_equal_bytes(tmp_path: Path) -> None:
    """The same lab under two hash seeds: identical transcript, capture and keys; another seed: other bytes."""
    outcomes = []
    for index, (hash_seed, seed) in enumerate((("1", "5"), ("2", "5"), ("1", "6"))):
        folder = tmp_path / str(index)
        files = ("--pcap", str(folder) + ".pcapng", "--keys", str(folder))
        out = run(*PING, "--seed", seed, *files, PYTHONHASHSEED=hash_seed).stdout
        keys = [file.read_bytes() for file in sorted(folder.iterdir())]
        outcomes.append((out, Path(str(folder) + ".pcapng").read_bytes(), keys))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][1] != outcomes[2][1]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A capture and the keys of its run."""
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    folder = tmp_path_factory.mktemp("capture")
    pcap, keys = folder / "run.pcapng", folder / "keys"
    assert run(*PING, "--pcap", str(pcap), "--keys", str(keys)).returncode == 0
    return pcap, keys


def tshark(files: tuple[Path, Path], display: str, *fields: str, keys: bool = True) -> list[str]:
    """What tshark shows of a capture; it puts no TCP streams together, as each link has every segment twice."""
    pcap, folder = files
    environment = {**os.environ, "WIRESHARK_CONFIG_DIR": str(folder if keys else folder.parent)}
    names = [part for field in fields for part in ("-e", field)]
    apart = ("-o", "tcp.desegment_tcp_streams:FALSE")
    command = ["tshark", *apart, "-r", str(pcap), "-Y", display, "-T", "fields", *names]
    result = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    return result.stdout.splitlines()


def test_nothing_is_malformed(files: tuple[Path, Path]) -> None:
    assert tshark(files, "_ws.malformed", "frame.number") == []
    assert tshark(files, "ip.checksum.status == 0", "frame.number") == []


def test_main_mode_and_quick_mode(files: tuple[Path, Path]) -> None:
    outside = 'frame.interface_name == "R1:GigabitEthernet0/0"'
    kinds = Counter(tshark(files, f"isakmp && {outside}", "isakmp.exchangetype"))
    assert kinds == {"2": 6, "32": 3}
    payloads = tshark(files, f"isakmp.exchangetype == 2 && {outside}", "isakmp.typepayload")
    assert payloads[4].startswith("5,8")  # identity and hash, decrypted


def test_the_pings_are_seen_only_with_the_keys(files: tuple[Path, Path]) -> None:
    outside = 'frame.interface_name == "R1:GigabitEthernet0/0"'
    assert len(tshark(files, f"esp.icv_good == 1 && icmp && {outside}", "frame.number")) == 8
    assert tshark(files, "esp.icv_bad == 1", "frame.number") == []
    assert tshark(files, f"icmp && {outside}", "frame.number", keys=False) == []
    assert len(tshark(files, f"esp && {outside}", "frame.number", keys=False)) == 8
