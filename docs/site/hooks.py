"""What the site needs beside docs/ as it is read in the repository.

Pages and plots of kept results are part of it, and links lead to them; a link to any other file of the checkout leads to where
that is kept (REPOSITORY_URL), or is plain text.
"""

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
OF_THE_MACHINE = ("results/latest/", "results/trend/", "results/field/field.md")
LINK = re.compile(r"(?P<text>!?\[[^\]]*\])\((?P<place>[^)\s:#]+)(?P<anchor>#[^)\s]*)?\)")
MARKS = re.compile(r"^( *```\w+) .*$", re.MULTILINE)
"""What a test reads behind a block's language, and the site's Markdown does not know."""
CODE = re.compile(r"`[^`\n]+`")
ITEM = re.compile(r"(\*|\d+\.) ")


def on_files(files: "Files", config: "MkDocsConfig") -> "Files":
    """Add the kept results, at their paths in the checkout."""
    for path in sorted(path for kind in ("*.md", "*.svg", "plots/*.svg") for path in ROOT.glob(f"results/*/{kind}")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(OF_THE_MACHINE):
            files.append(File.generated(config, name, abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: "Page", config: "MkDocsConfig", files: "Files") -> str:
    """Return a page as the site's Markdown wants it, its links leading to where files are in the site, or outside of it."""
    markdown = CODE.sub(lambda code: code[0].replace(r"\|", "|"), MARKS.sub(r"\1", deepened(markdown)))
    own, repository = page.file.src_uri, config.extra["repository"]
    folder = posixpath.dirname(own if page.file.generated_by else f"docs/{own}")

    def led(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, link["place"]))
        in_site = target.removeprefix("docs/") if target.startswith(("docs/", "results/")) else ""
        anchor = link["anchor"] or ""
        if files.get_file_from_path(in_site) is not None:
            return f"{link['text']}({posixpath.relpath(in_site, posixpath.dirname(own) or '.')}{anchor})"
        if not (ROOT / target).exists():
            return link[0]  # which mkdocs names
        return f"{link['text']}({repository}/blob/HEAD/{target}{anchor})" if repository else link["text"][1:-1]

    return LINK.sub(led, markdown)


def deepened(markdown: str) -> str:
    """Return it with what belongs to an item of a list four spaces deep, and a blank line before the next item: Python-Markdown
    wants that, and GitHub two or three spaces and no line.
    """
    lines, more, in_block, has_parts = [""], 0, False, False
    for line in markdown.split("\n"):
        text = line.lstrip(" ")
        if not in_block:
            more = (len(text) - len(line)) % 4
            if more and not lines[-1]:
                has_parts = True
            elif ITEM.match(line):
                lines += [""] if has_parts and lines[-1] else []
                has_parts = False
        in_block ^= text.startswith("```")
        lines.append(f"{' ' * more}{line}" if text else line)
    return "\n".join(lines[1:])
