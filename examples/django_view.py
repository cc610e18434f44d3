"""A search page in Django: the view, its address and the smallest settings that serve it.

    pip install django
    SEARCHER_INDEX=index python examples/django_view.py runserver

Then open http://127.0.0.1:8000/?q=Waffenruhe. In a project of your own take `archive` and `search`.
"""

import os
import sys
from functools import cache

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.html import format_html, format_html_join

from searcher import Archive, SearcherError

PAGE = """<!doctype html><title>Archiv</title>
<form><input name="q" value="{}"> <button>Suchen</button></form>
<p>{}</p><ol>{}</ol>"""


@cache
def archive() -> Archive:
    """One archive for the process; threads may share it."""
    return Archive.open(os.environ.get("SEARCHER_INDEX", "index"))


def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "")
    if not query:
        return HttpResponse(format_html(PAGE, "", "", ""))
    archive().refresh()
    try:
        results = archive().search(query, limit=20)
    except SearcherError as error:
        return HttpResponse(format_html(PAGE, query, str(error), ""), status=400)
    hits = format_html_join(
        "",
        "<li><b>{}</b> {}<br>{}</li>",
        ((hit.article.title, str(hit.article.date or ""), hit.snippet.text) for hit in results),
    )
    return HttpResponse(format_html(PAGE, query, f"{results.total} Treffer", hits))


urlpatterns = [path("", search)]

if __name__ == "__main__":
    settings.configure(
        ROOT_URLCONF=__name__, DEBUG=True, SECRET_KEY="for this example only", ALLOWED_HOSTS=["127.0.0.1"]
    )
    execute_from_command_line(sys.argv)
