"""HTTP: the server of `ip http server`, what it shows, and the client that other features ask others by."""
