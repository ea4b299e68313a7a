"""The declared settings of the process, read once."""
