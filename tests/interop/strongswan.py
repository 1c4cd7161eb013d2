"""strongSwan as the other end: charon in a namespace, with ESP in user space (kernel-libipsec)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.interop.neighbour import Namespace, end
from tests.interop.tunnels import Tunnel

PLUGINS = (
    "random nonce aes des rc2 sha1 sha2 md5 md4 hmac gmp openssl pem pkcs1 pkcs8 x509 pubkey constraints revocation "
    "gcm ccm ctr xcbc cmac fips-prf curve25519 kernel-libipsec kernel-netlink socket-default vici xauth-generic"
)
SETTINGS = """\
charon-systemd {{
  load_modular = no
  load = {plugins}
  i_dont_care_about_security_and_use_aggressive_mode_psk = yes
  dos_protection = no
  threads = 64
  retransmit_tries = 2
  plugins {{
    vici {{ socket = unix://{folder}/charon.vici }}
    kernel-libipsec {{ allow_peer_ts = yes }}
    {marks}
  }}
  filelog {{
    log {{ path = {folder}/charon.log
      flush_line = yes
      ike = {detail}
      chd = {detail}
      knl = 1
    }}
  }}
  journal {{ default = -1 }}
}}
"""
MARKS = "kernel-netlink { fwmark = !0x42 } socket-default { fwmark = 0x42 }"
"""For a tunnel that is for everything: what charon itself sends to the peer does not enter it."""
MISSING = [command for command in ("charon-systemd", "swanctl", "ip") if shutil.which(command) is None]
needed = pytest.mark.skipif(bool(MISSING), reason=f"strongSwan: no {', '.join(MISSING)} here")


class StrongSwan:
    """A charon of its own in a namespace; a context that it leaves with the context."""

    def __init__(
        self, namespace: Namespace, folder: Path, configuration: str, detail: int = 1, marks: str = ""
    ) -> None:
        """With 4 as its `detail` the log has all keys."""
        self._uri = f"unix://{folder}/charon.vici"
        self._namespace = namespace
        self.log = folder / "charon.log"
        settings = folder / "strongswan.conf"
        settings.write_text(SETTINGS.format(plugins=PLUGINS, folder=folder, detail=detail, marks=marks))
        with (folder / "charon.out").open("wb") as output:
            environment = {**os.environ, "STRONGSWAN_CONF": str(settings)}
            self.process = namespace.start("charon-systemd", stdout=output, stderr=subprocess.STDOUT, env=environment)
        limit = monotonic() + 10
        while not (folder / "charon.vici").exists():
            assert monotonic() < limit, "charon does not start"
            sleep(0.05)
        (folder / "swanctl.conf").write_text(configuration)
        self.control("--load-all", "--file", str(folder / "swanctl.conf"))

    def __enter__(self) -> StrongSwan:
        return self

    def __exit__(self, *_: object) -> None:
        end(self.process)

    def control(self, *arguments: str) -> str:
        """Run swanctl, which answers without a packet: what it prints."""
        command = ["ip", "netns", "exec", self._namespace.name, "swanctl", *arguments, "--uri", self._uri]
        result = subprocess.run(command, capture_output=True, text=True, timeout=20)
        assert result.returncode == 0, f"swanctl {arguments}: {result.stdout}{result.stderr}"
        return result.stdout

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a swanctl that exchanges packets, `--initiate --child net`."""
        return self._namespace.start("swanctl", *arguments, "--uri", self._uri, stdout=subprocess.PIPE)

    def sas(self, tunnel: Tunnel | None = None) -> str:
        """`swanctl --list-sas`, of all connections or of a tunnel's."""
        return self.control("--list-sas", *(("--ike", f"r{tunnel.number}") if tunnel else ()))

    def tunnels(self) -> int:
        """How many tunnels are up."""
        return self.sas().count("INSTALLED, TUNNEL")
