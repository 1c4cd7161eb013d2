"""tshark judges captures of all labs, and of every transform set in every mode: each ICV is good, nothing malformed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from iosim.lab.find import bundled_labs
from tests.ui.test_main import run, tshark

LAB = """\
name: transforms
topology:
  defaults: {kind: ios}
  nodes: {R1: {startup-config: r1.cfg}, R2: {startup-config: r2.cfg}}
  links: [{endpoints: ["R1:Gi0/0", "R2:Gi0/0"]}]
"""
CONFIG = """\
hostname R{mine}
crypto isakmp policy 10
 authentication pre-share
crypto isakmp key cisco123 address 10.0.0.{other}
crypto ipsec transform-set T esp-aes esp-sha-hmac
crypto map VPN 10 ipsec-isakmp
 set peer 10.0.0.{other}
 set transform-set T
 match address TUNNEL
interface GigabitEthernet0/0
 ip address 10.0.0.{mine} 255.255.255.0
 no shutdown
 crypto map VPN
ip access-list extended TUNNEL
 permit icmp host 10.0.0.{mine} host 10.0.0.{other}
"""
HMACS = ("md5", "sha", "sha256", "sha384", "sha512")
CIPHERS = ("esp-des", "esp-3des", "esp-aes", "esp-aes 192", "esp-aes 256")
SETS = [
    *(f"{cipher} esp-{hmac}-hmac" for cipher in ("esp-null", *CIPHERS) for hmac in HMACS),
    *CIPHERS,
    *(f"{word} {bits}" for word in ("esp-gcm", "esp-gmac") for bits in (128, 192, 256)),
    *(f"ah-{hmac}-hmac" for hmac in HMACS),
    *(f"ah-{hmac}-hmac esp-aes esp-{hmac}-hmac" for hmac in HMACS),
    "ah-sha256-hmac esp-gcm",
    "ah-sha-hmac esp-null esp-md5-hmac",
]
WRONG_KEYS = {"manual-keys"}
"""Labs in which a key that does not fit is a lesson."""
ROWS = list(product(SETS, ("tunnel", "transport")))


def script() -> Iterator[str]:
    """Each transform set in each mode at both routers, then three pings, of which the first one is lost."""
    for words, mode in ROWS:
        for node in ("R1", "R2"):
            yield from (f"{node}: {line}" for line in ("configure terminal", f"crypto ipsec transform-set T {words}",
                        f"mode {mode}", "end", "clear crypto sa"))  # fmt: skip
        yield "R1: ping 10.0.0.2 repeat 3 size 150"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The capture of the run, and its keys."""
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    folder = tmp_path_factory.mktemp("transforms")
    (folder / "lab.yaml").write_text(LAB)
    for mine in (1, 2):
        (folder / f"r{mine}.cfg").write_text(CONFIG.format(mine=mine, other=3 - mine))
    (folder / "script").write_text("".join(f"{line}\n" for line in script()))
    pcap, keys = folder / "run.pcapng", folder / "keys"
    outcome = run("exec", str(folder), "-f", str(folder / "script"), "--pcap", str(pcap), "--keys", str(keys))
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.count("(2/3)") == len(ROWS)
    return pcap, keys


def expected(words: str, mode: str) -> list[str]:
    """AH, then ESP with its ICV (good, bad), then the ping if it can be seen, of four packets."""
    ah, esp = "1" if "ah-" in words else "", "1" if "esp-" in words else ""
    good = "1" if esp and ("hmac" in words.partition("esp-")[2] or "gcm" in words) else ""
    kinds = ("", "", "", "") if "gmac" in words else ("8", "0", "8", "0")
    return ["\t".join((ah, esp, good, "0" if good else "", kind, "")) for kind in kinds]


def test_every_icv_is_good_and_every_ping_is_seen(files: tuple[Path, Path]) -> None:
    fields = ("ah.length", "esp.spi", "esp.icv_good", "esp.icv_bad", "icmp.type", "_ws.malformed")
    shown = tshark(files, '(ah || esp) && frame.interface_name == "R1:GigabitEthernet0/0"', *fields)
    rows = [line.split("\t") for line in shown]
    seen = ["\t".join((row[0] and "1", row[1] and "1", *row[2:])) for row in rows]
    assert seen == [line for words, mode in ROWS for line in expected(words, mode)]


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize("lab", [name for name in bundled_labs() if "/" not in name])
def test_every_icv_in_the_capture_of_a_lab_is_good(lab: str, tmp_path: Path) -> None:
    files = tmp_path / "run.pcapng", tmp_path / "keys"
    assert run("check", lab, "--pcap", str(files[0]), "--keys", str(files[1])).returncode == 0
    shown = "(esp && icmp.type != 3) || (esp && !icmp) || _ws.malformed || ip.checksum.status == 0"
    verdicts = {"1\t", "0\t"} if lab in WRONG_KEYS else {"1\t"}
    assert set(tshark(files, shown, "esp.icv_good", "_ws.malformed")) <= verdicts  # but for ESP that ICMP errors quote
