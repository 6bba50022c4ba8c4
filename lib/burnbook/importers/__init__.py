"""Imports from other tools: ccusage and an older tracker."""
