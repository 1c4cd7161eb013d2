"""What a router shows of itself as a machine, and of services that it does not have."""
