"""Early warning: gauges, warnings and how they reach people."""
