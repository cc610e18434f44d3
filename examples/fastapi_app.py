"""A search service in FastAPI: hits as JSON, errors of the query with their place.

    pip install fastapi uvicorn
    SEARCHER_INDEX=index uvicorn --app-dir examples fastapi_app:app

Then open http://127.0.0.1:8000/search?q=Waffenruhe.
"""

import os
from functools import cache
from typing import Any

from fastapi import FastAPI, HTTPException, Query

from searcher import Archive, QuerySyntaxError

app = FastAPI(title="Archiv")


@cache
def archive() -> Archive:
    """One archive for the process; threads may share it."""
    return Archive.open(os.environ.get("SEARCHER_INDEX", "index"))


@app.get("/search")
def search(q: str, limit: int = Query(10, ge=0, le=100), offset: int = Query(0, ge=0)) -> dict[str, Any]:
    # A plain function: FastAPI runs it in a thread, so that a long search holds up no other request.
    archive().refresh()
    try:
        results = archive().search(q, limit=limit, offset=offset)
    except QuerySyntaxError as error:
        detail = {"message": str(error), "position": error.position}
        raise HTTPException(status_code=400, detail=detail) from error
    return {
        "total": results.total,
        "hits": [
            {"article": hit.article.as_dict(), "snippet": hit.snippet.text, "marks": hit.snippet.marks}
            for hit in results
        ],
    }


@app.get("/articles/{article_id:path}")
def show(article_id: str) -> dict[str, Any]:
    article = archive().get(article_id)
    if article is None:
        raise HTTPException(status_code=404, detail="no article has this id")
    return article.as_dict()
