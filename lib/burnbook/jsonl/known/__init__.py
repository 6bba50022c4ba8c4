"""What reads of the files of a feed gave, by folder, and which files changed since."""
