"""Joins the parts into a running portal; nothing else does."""
