"""The Autotask PSA REST API, for reading: entities as data, query, client, limits, errors."""
