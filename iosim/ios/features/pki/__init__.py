"""Public key infrastructure: RSA key pairs, trustpoints and their certificates, enrollment, certificate servers."""
