"""The local web server: the same review as on the terminal, for those without one."""
