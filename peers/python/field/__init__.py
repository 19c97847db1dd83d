"""The field's three tasks as a plain ASGI application, and the command that serves it with uvicorn."""
