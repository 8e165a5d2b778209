"""What a shop and its channels set: each setting is declared once, in ``shop`` or ``channel``."""
