"""Ciphers, hashes, integrity algorithms and Diffie-Hellman groups: the only package that imports crypto libraries.

Each module holds a registry by the names that transforms and policies use; adding an algorithm is one line there.
The libraries are imported at first use, since a lab without IPsec needs none of them.
"""
