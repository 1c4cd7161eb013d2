"""Labs with real neighbours: network namespaces of this machine, in them the programs of others."""
