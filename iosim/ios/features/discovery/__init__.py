"""CDP and LLDP: what a router tells its neighbours, and what it knows of them."""
