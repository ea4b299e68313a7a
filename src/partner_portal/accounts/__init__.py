"""People, their memberships and roles."""
