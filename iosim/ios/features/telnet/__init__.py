"""Telnet: `telnet`, `show sessions`, `resume`, `disconnect`, and the virtual terminal lines that answer it."""
