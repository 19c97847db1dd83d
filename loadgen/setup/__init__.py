"""What the suite needs on a machine, and installing it. Standard library only."""
