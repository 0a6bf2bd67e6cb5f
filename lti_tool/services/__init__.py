"""What the tool does: one use case per file, named by a verb.

A use case receives an open session, the catalogue's data, the time and a maker of ids; it
changes what is stored and returns values. It opens and commits nothing, and speaks to nobody
outside: what an LMS must learn goes into the score outbox. Use cases know nothing of each
other; what several of them bring about together stands in ``standing``.
"""
