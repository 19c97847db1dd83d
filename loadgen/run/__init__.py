"""A run: the plan, its order, its state, its progress."""
