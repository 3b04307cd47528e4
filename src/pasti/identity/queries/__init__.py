"""Every read; the scope is applied here."""
