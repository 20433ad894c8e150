"""The rules of the counter, pure: values in, values out; no file, network, clock or environment."""
