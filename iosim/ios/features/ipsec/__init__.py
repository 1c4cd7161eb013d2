"""IPsec: transform sets and crypto maps of the configuration, the data plane that runs by them, its show and debug."""
