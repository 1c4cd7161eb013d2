"""Policy routing: `ip policy route-map`, `ip local policy route-map`, and what is seen of it."""
