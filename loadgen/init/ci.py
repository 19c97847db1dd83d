"""Workflows that judge each change: for GitHub a file that runs by itself, for GitLab one to include."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

Kind = Literal["github", "gitlab"]
KINDS: tuple[Kind, ...] = ("github", "gitlab")
_PATHS: dict[Kind, str] = {"github": ".github/workflows/primebench.yml", "gitlab": ".gitlab/primebench.yml"}
_GITHUB = """\
# Is a pull request slower than where it left the branch? It fails where the data show that, and nowhere else.
name: primebench
on: pull_request
permissions:
  contents: read
jobs:
  regress:
    runs-on: ubuntu-24.04
    timeout-minutes: 60
@DEFAULTS@    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0 # base has to be there
          persist-credentials: false # what is measured needs no token
@TOOLS@      - run: pipx install primebench
      - run: primebench setup
      - env:
          BASE: ${{ github.event.pull_request.base.sha }}
          HEAD: ${{ github.event.pull_request.head.sha }}
@SECRETS@        run: |
          code=0
          primebench regress --base "$BASE" --head "$HEAD" --budget 10m --export markdown="$RUNNER_TEMP/verdict.md" || code=$?
          test ! -e "$RUNNER_TEMP/verdict.md" || cat "$RUNNER_TEMP/verdict.md" >>"$GITHUB_STEP_SUMMARY"
          exit "$((code == 3 ? 0 : code))" # 3: the data cannot tell
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: primebench
          path: @FOLDER@.primebench
          include-hidden-files: true
          if-no-files-found: ignore
"""
_GITLAB = """\
# Is a merge request slower than where it left the branch? It fails where the data show that, and nowhere else.
primebench:
  stage: test
  image: @IMAGE@
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    GIT_DEPTH: "0" # base has to be there
  before_script:
    - apt-get update
    - apt-get install --yes --no-install-recommends git pipx @PACKAGES@
    - pipx install primebench
    - export PATH="$HOME/.local/bin:$PATH"
    - primebench setup
  script:
@CD@    - primebench regress --base "$CI_MERGE_REQUEST_DIFF_BASE_SHA" --head "$CI_COMMIT_SHA" --budget 10m
  allow_failure:
    exit_codes: 3 # the data cannot tell
  artifacts:
    when: always
    paths:
      - @FOLDER@.primebench
"""
_GO = """\
      - uses: actions/setup-go@v5
        with:
          go-version-file: @FOLDER@go.mod
"""
_JAVA = """\
      - uses: actions/setup-java@v4
        with:
          distribution: temurin
          java-version: "21"
"""
_NODE = """\
      - uses: actions/setup-node@v4
        with:
          node-version: lts/*
"""
_TOOLS = {"Go": _GO, "Java": _JAVA, "JavaScript": _NODE, "TypeScript": _NODE}
"""What GitHub's machines lack, or have in another version than is meant."""
_IMAGES = {
    "Go": ("golang:1", ""),
    "Rust": ("rust:1", ""),
    "Java": ("maven:3-eclipse-temurin-21", ""),
    "JavaScript": ("node:22", ""),
    "TypeScript": ("node:22", ""),
    "Python": ("python:3", ""),
}
_COMPILERS = ("debian:12", "cmake g++")


class Workflow(NamedTuple):
    """A file, by its path below the root of the checkout, and what has to be done beside it, if anything."""

    path: str
    text: str
    remark: str


def workflow(kind: Kind, language: str, below: str, secrets: Sequence[str]) -> Workflow:
    """Return the workflow for a service in that language and folder ("" for the root), whose task takes these variables."""
    folder = f"{below}/" if below else ""
    if kind == "github":
        defaults = f"    defaults:\n      run:\n        working-directory: {below}\n" if below else ""
        lines = "".join(f"          {name}: ${{{{ secrets.{name} }}}}\n" for name in secrets)
        text = _GITHUB.replace("@TOOLS@", _TOOLS.get(language, "")).replace("@DEFAULTS@", defaults).replace("@SECRETS@", lines)
        remark = f"add {', '.join(secrets)} to the repository's secrets" if secrets else ""
        return Workflow(_PATHS[kind], text.replace("@FOLDER@", folder), remark)
    image, packages = _IMAGES.get(language, _COMPILERS)
    text = _GITLAB.replace("@IMAGE@", image).replace(" @PACKAGES@", f" {packages}".rstrip())
    text = text.replace("@CD@", f"    - cd {below}\n" if below else "").replace("@FOLDER@", folder)
    more = f"; add {', '.join(secrets)} to the project's variables" if secrets else ""
    return Workflow(_PATHS[kind], text, f"add this line to .gitlab-ci.yml: include: /{_PATHS[kind]}{more}")
