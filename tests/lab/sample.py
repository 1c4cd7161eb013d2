"""A small lab file that has one of everything."""

from __future__ import annotations

from pathlib import Path

LAB = """\
name: small
seed: 7
topology:
  defaults: {kind: ios}
  nodes:
    R1: {startup-config: r1.cfg}
    R2:
    SW1: {kind: switch}
    PC1:
      kind: host
      address: 192.168.1.10/24
      gateway: 192.168.1.1
    PC2: {kind: host, address: 192.168.2.10/24}
  links:
    - endpoints: ["R1:Gi0/0", "R2:GigabitEthernet0/0"]
      delay: 5ms
      loss: 1%
    - endpoints: ["R1:Gi0/1", "PC1:eth0"]
    - endpoints: ["R2:Gi0/1", "SW1:1"]
    - endpoints:
        - SW1:2
        - PC2:eth0
checks:
  - {name: reach, ping: {from: PC1, to: 192.168.2.10}, expect: {received: ">=4"}}
  - {name: clear, capture: {link: "R2:Gi0/0", match: 192.168.1.0/24}, expect: {packets: 0}}
  - {name: up, command: {node: R1, run: show clock}, expect: {contains: UTC}}
"""
CONFIG = "hostname R1\ninterface GigabitEthernet0/1\n ip address 192.168.1.1 255.255.255.0\n"


def write(folder: Path, text: str) -> Path:
    """Write a lab file and the configuration of R1 beside it; returns the lab file."""
    (folder / "r1.cfg").write_text(CONFIG)
    file = folder / "lab.yaml"
    file.write_text(text)
    return file
