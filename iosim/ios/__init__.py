"""The Cisco personality: sessions, modes, configuration, and one module for each feature."""
