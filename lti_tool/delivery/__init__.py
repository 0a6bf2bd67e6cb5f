"""Background work: drains the score outbox through ``lti_tool.lti``.

``deliver`` sends due scores; ``thread`` runs it inside the server, ``tasks`` on Celery.
"""
