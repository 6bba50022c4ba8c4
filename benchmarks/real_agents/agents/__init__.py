"""The agents that are driven, one file each; listing the folder is the registry."""
