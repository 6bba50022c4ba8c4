"""The preview of one window: its scene, and blocks that lay it out."""
