"""The JSON API: routes, schemas and the one error shape."""
