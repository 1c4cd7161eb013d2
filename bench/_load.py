"""The load on strongSwan: a UDP sender, and a receiver that tells it when it may send more.

python bench/_load.py receive ADDRESS COUNT | python bench/_load.py send SOURCE ADDRESS COUNT SIZE

No more than WINDOW packets are on their way, so nothing overflows and nobody waits for nothing. The sender prints the
seconds from the first packet to the last one's arrival.
"""

from __future__ import annotations

import os
import select
import socket
import sys
from time import perf_counter

PORT = 9
WINDOW = 64
CREDIT = 16
"""How many packets the receiver counts before it tells the sender."""
PATIENCE = 5.0
"""How many seconds the sender waits for word of the receiver."""


def receive(address: str, count: int) -> None:
    """Write a byte for every CREDIT packets."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here:
        here.bind((address, PORT))
        take, packet = here.recv_into, bytearray(2048)
        os.write(1, b"!")
        for _ in range(count // CREDIT):
            for _ in range(CREDIT):
                take(packet)
            os.write(1, b".")


def send(source: str, address: str, count: int, size: int) -> None:
    """Send `count` packets of `size` bytes, IP header and all."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here:
        here.bind((source, PORT))
        here.connect((address, PORT))
        data, hand_over = bytes(size - 28), here.send
        assert os.read(0, 1) == b"!"
        start, allowed, sent, arrived = perf_counter(), WINDOW, 0, 0
        while arrived < count:
            for _ in range(min(allowed, count) - sent):
                hand_over(data)
            sent = min(allowed, count)
            if not select.select([0], [], [], PATIENCE)[0]:
                sys.exit(f"{sent - arrived} of {sent} packets were lost")
            arrived += len(os.read(0, WINDOW)) * CREDIT
            allowed = arrived + WINDOW
        print(perf_counter() - start)


if __name__ == "__main__":
    if sys.argv[1] == "receive":
        receive(sys.argv[2], int(sys.argv[3]))
    else:
        send(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
