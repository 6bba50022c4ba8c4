"""Requests that a proxy reports: decoding, classifying, booking and summing."""
