"""The hospital's pages, by audience: patient, nurse, clerk, waiting room."""
