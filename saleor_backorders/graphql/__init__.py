"""The plugin's own API."""
