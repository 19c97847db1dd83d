"""The field: the tasks that come with primebench, measured one after another, each a run of its own."""
