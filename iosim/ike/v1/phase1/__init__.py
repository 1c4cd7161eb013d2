"""What main and aggressive mode share (RFC 2409 section 5): offers, the choice, secrets, identities, and the end."""
