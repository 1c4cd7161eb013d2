"""TCP of a router: `ip tcp …`, `show tcp`, `clear tcp`, `debug ip tcp transactions`."""
