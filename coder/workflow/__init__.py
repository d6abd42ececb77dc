"""One function a command: files or tables in, files out, an outcome returned, nothing printed."""
