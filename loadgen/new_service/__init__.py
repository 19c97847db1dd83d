"""A new service: a folder in a language, laid out as its tools want it, that answers what a task asks first."""
