"""F8: registers and exports, looked at before they are written to a file."""
