"""`show ip route` in its forms."""
