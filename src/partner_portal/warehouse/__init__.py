"""Where mirrored records live: a DuckDB file, or PostgreSQL at scale."""
