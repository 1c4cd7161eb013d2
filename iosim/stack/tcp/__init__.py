"""A small TCP after RFC 9293.

`ports.py` is the TCP of a node, `connection.py` one connection, `machine.py` what it is and sends, with its two halves
`sender.py` and `receiver.py`; `stream.py` is what programs use of it.
"""
