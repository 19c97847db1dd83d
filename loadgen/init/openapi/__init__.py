"""From an OpenAPI document to requests that can be asked without data made up."""
