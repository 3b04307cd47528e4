"""The city's measurements: things, sensors, datastreams and their observations, for every system that watches."""
