"""From a row of the outbox to the text that leaves."""
