"""Certificates in a configuration: `certificate 01` opens lines of hexadecimal data, which end with `quit`."""

from __future__ import annotations

from collections.abc import Iterator

from iosim.ios.config import Config, write_lines
from iosim.ios.features.kept import KeptLines, KeptSection, Key
from iosim.ios.registry import bind


class Certificate(KeptSection):
    """`certificate self-signed 01`, kept with its data. IOS writes a tab before `quit`."""

    def lines(self, mode: str, value: dict[str, dict[Key, Config]]) -> Iterator[str]:
        for config in value.get(self.commands[0], {}).values():
            yield self.say(mode, config.args)
            yield from (f" {line}" for line in write_lines(config))
            yield " \tquit"


bind("config_cert_chain", KeptLines, "sections", Certificate("planned_certificate", 10, "config_pubkey"))
