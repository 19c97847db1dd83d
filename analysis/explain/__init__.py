"""Why head is slower: which functions, system calls and sections changed, of what was counted after the verdict."""
