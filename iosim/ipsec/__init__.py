"""The IPsec data plane: policies, security associations, ESP and replay protection (RFC 4301, 4303)."""
