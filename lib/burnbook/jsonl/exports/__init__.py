"""Reads exports: JSON lines, whole JSON documents and CSV tables, and the records inside OTLP."""
