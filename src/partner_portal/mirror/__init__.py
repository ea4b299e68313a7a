"""Autotask to warehouse: first load, delta, completeness."""
