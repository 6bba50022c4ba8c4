"""importers/tracker."""
