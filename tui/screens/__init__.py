"""One module for each screen; a screen asks through the port and paints what comes back."""
