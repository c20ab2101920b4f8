"""The AWS of the sandbox: moto's server with what it lacks or accepts wrongly."""
