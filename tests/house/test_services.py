"""The throw-away services and the browser answer."""

import asyncpg
import pytest
from playwright.async_api import Browser
from redis.asyncio import Redis


async def test_postgres_answers(postgres: str) -> None:
    connection = await asyncpg.connect(postgres)
    try:
        assert await connection.fetchval("SELECT 6 * 7") == 42
    finally:
        await connection.close()


async def test_redis_answers(redis: str) -> None:
    async with Redis.from_url(redis) as client:
        assert await client.ping()


@pytest.mark.browser
async def test_chromium_answers(chromium: Browser) -> None:
    page = await chromium.new_page()
    assert await page.evaluate("6 * 7") == 42
    await page.close()
