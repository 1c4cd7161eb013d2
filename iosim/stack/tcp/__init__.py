"""A small TCP after RFC 9293.

`ports.py` is the TCP of a node, `connection.py` the machine of one connection with its two halves `sender.py` and
`receiver.py`, `stream.py` what programs use of it.
"""
