"""The machine: processor, topology, which cores are used, whether it is fit to measure."""
