"""A small orders API over PostgreSQL: GET /orders/ID, GET /orders?customer=N&limit=N, POST /orders."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel

pool = AsyncConnectionPool(os.environ.get("DATABASE_URL", ""), min_size=1, max_size=8, open=False)


class Order(BaseModel):
    """A row of the table orders."""

    id: int
    customer: int
    item: str
    cents: int


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Keep connections to the database open while the service runs."""
    async with pool:
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/healthz")
async def health() -> dict[str, str]:
    """Answer once the database does."""
    async with pool.connection() as connection:
        await connection.execute("SELECT 1")
    return {"status": "ok"}


@app.get("/orders/{number}")
async def read(number: int) -> Order:
    """One order."""
    query = "SELECT id, customer, item, cents FROM orders WHERE id = %s"
    async with pool.connection() as connection, connection.cursor(row_factory=class_row(Order)) as cursor:
        await cursor.execute(query, (number,))
        found = await cursor.fetchone()
    if found is None:
        raise HTTPException(404)
    return found


@app.get("/orders")
async def orders_of(customer: int, limit: Annotated[int, Query(ge=1, le=100)]) -> list[Order]:
    """A customer's orders, oldest first."""
    query = "SELECT id, customer, item, cents FROM orders WHERE customer = %s ORDER BY id LIMIT %s"
    async with pool.connection() as connection, connection.cursor(row_factory=class_row(Order)) as cursor:
        await cursor.execute(query, (customer, limit))
        return await cursor.fetchall()


@app.post("/orders", status_code=201)
async def create(order: Order) -> Order:
    """A new order."""
    statement = "INSERT INTO orders (id, customer, item, cents) VALUES (%s, %s, %s, %s)"
    async with pool.connection() as connection:
        await connection.execute(statement, (order.id, order.customer, order.item, order.cents))
    return order
