"""Write what the code says and prints today into the pages and the picture."""

from __future__ import annotations

from tests.docs import blocks, parts, terminal
from tests.docs.pages import PAGES, name, read, write


def main() -> None:
    for picture in terminal.PICTURES:
        write(picture, terminal.drawn())
    for page in PAGES:
        before = read(page)
        after = blocks.filled(parts.filled(before, page))
        if after != before:
            write(page, after)
            print(name(page))


if __name__ == "__main__":
    main()
