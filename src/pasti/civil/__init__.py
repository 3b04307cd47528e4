"""The city's working register of people, families and addresses."""
