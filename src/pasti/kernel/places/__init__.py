"""The city's areas from the whole down to the RT, and the few facts every system needs of the city."""
