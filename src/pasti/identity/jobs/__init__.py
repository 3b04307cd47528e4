"""Background work, by area; Procrastinate finds the tasks here."""
