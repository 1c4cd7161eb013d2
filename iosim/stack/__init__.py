"""IPv4 hosts and routers: interfaces, ARP, forwarding, access lists, ICMP and UDP."""
