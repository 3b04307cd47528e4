"""A city at work: fictional people, their accounts and their doings, for the demo, the tests and the benchmarks."""
