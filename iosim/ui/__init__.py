"""What people touch: the `iosim` command, its transcript and its interactive console."""
