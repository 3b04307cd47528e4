"""EWS, the early warning system: from a gauge in the river to the people who will be under water."""
