"""The truth of the tool: what a standard, a rating, mastery and attainment are. Pure Python.

Nothing here reads a file, a clock or a database. The modules form a staircase, each
importing only those below it: ``score``, ``attainment``, ``mastery``, ``rating``,
``submission``, ``assessment``, ``mapping``, ``rubric``, ``launch``, ``standard``, ``errors``.
"""
