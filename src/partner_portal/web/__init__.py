"""Pages: routes, view models, templates and styles. No SQL and no sums."""
