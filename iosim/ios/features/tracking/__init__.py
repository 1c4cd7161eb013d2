"""Tracked objects: what is up and what is down, for static routes, policies and lists of such objects."""
