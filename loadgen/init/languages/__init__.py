"""What the files of a repository in one language say of building and starting its services: a module for each language."""
