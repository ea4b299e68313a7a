"""Organization, and OrganizationScope: the one door to an organization's rows."""
