"""The commands for files: what is in the flash, what is configured, and copying between the two."""
