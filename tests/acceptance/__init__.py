"""Prove the plugin from outside, over HTTP, on every host alike."""
