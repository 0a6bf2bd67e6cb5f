"""Other people's file formats, both ways. Not here: what the values mean (``lti_tool.domain``)."""
