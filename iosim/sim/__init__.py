"""Simulated time and the world of wires: clock, tasks, links and their faults, captures."""
