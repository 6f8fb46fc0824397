"""Small databases as earlier releases of the software left them. ``README.md`` says what each holds."""
