"""Everything said to or heard from an LMS: logins, launches, deep linking, keys, tokens, grades.

Not here: what the tool does with it (``lti_tool.services``) and any page (``lti_tool.web``).
"""
