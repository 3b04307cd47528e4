"""Bringing a warning to people: who is to get it, sending it, and the RT heads who go from door to door."""
