"""The routing table and, beside it, the protocols that fill it."""
