"""The application for flask commands and WSGI servers; make run serves it."""

from marketplace.factory import create_app

app = create_app()
