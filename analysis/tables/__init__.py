"""Tables of a run as values, and the formats they are written in."""
