"""Says hello."""

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def hello() -> dict[str, str]:
    """Say hello."""
    return {"said": "hello"}
