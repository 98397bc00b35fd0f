"""The WSGI application that waitress serves."""

from django.core.handlers.wsgi import WSGIHandler

application = WSGIHandler()
