"""After a verdict: what base and head need for a request, counted by function, system call and section."""
