"""What is stored: one noun per file, each with its row class and its queries.

Rows stay in this room; everything handed out is a domain value or one of the small frozen
values defined beside its row. Nobody here commits: whoever opens the transaction does.
"""
