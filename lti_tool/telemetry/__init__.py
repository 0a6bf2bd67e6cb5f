"""What the tool tells those who run it: log lines, counters, the id of the request under way.

Nothing of it names a person: no name, address, account, token or evidence. Not here: what an
administrator reads on a page (``services.show_health``), the audit log (``persistence``).
"""
