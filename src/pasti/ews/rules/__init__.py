"""Pure rules of early warning: detection, forecast, CAP. No Django, no clock."""
