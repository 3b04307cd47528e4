"""Who looked at what and who changed what: append-only and sealed in a hash chain by the database."""
