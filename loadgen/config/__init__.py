"""What users write: scenarios.toml, service.toml, the limits of the regression check."""
