"""Tunnel interfaces."""
