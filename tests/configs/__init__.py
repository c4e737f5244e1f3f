"""The system's own modules, evaluated with the real packages; nothing is built."""
