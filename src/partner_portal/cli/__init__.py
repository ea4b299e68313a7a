"""The `portal` command: the only package that may start the others."""
