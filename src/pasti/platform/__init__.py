"""What the program needs of its machine: folders, PostgreSQL, processes. No Django in here."""
