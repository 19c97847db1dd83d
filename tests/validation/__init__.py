"""The validation study of the regression check: real pairs recorded once, replayed many times, and confirmed live."""
