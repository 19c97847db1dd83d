"""The commands, a file each. What a command needs beside its options is imported when it runs, so that --help is quick."""
