"""One login for the city, and the digital identity of its people."""
