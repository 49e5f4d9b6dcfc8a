"""The control room of dispatch: what is held, what a day may spend, what stopped, and the metrics."""
