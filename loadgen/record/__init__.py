"""Records: the files that measuring writes and analysis reads."""
