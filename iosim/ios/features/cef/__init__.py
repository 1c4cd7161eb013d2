"""CEF: `ip cef`, `show ip cef`, `show adjacency`."""
