"""Write: from analysed articles to the files of a segment, and from segments to merged ones."""
