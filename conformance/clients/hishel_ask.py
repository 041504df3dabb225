"""Asks for a URL once with hishel over httpx: DATABASE URL ACCEPT; writes the content, or fails."""

import sys

import hishel
from hishel.httpx import CacheClient

database, url, accept = sys.argv[1:]
storage = hishel.SqliteStorage(database_path=database)
with CacheClient(storage=storage, rfc=True, follow_redirects=True, timeout=6) as client:
    response = client.get(url, headers={"accept": accept, "cache-control": "no-cache"})
    response.raise_for_status()
    sys.stdout.buffer.write(response.content)
