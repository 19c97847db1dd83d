"""Java: what a pom.xml, or one of its modules, packs."""

import posixpath
import re
from collections.abc import Iterator
from xml.etree import ElementTree

from pydantic import JsonValue

from loadgen.errors import Error
from loadgen.init.folder import Folder
from loadgen.init.listening import Port, find_port, serves
from loadgen.init.names import slug
from loadgen.init.proposal import Proposal, Start, doubt, start_with

_MAIN = re.compile(r"\bstatic\s+void\s+main\s*\(|^void\s+main\s*\(", re.MULTILINE)
_PROPERTY = re.compile(r"getProperty\(\s*\"((?:http\.|server\.)?port)\"")
_FRAMEWORKS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "spring-boot-maven-plugin": ((), ("--server.address={host}", "--server.port={port}")),
    "quarkus-maven-plugin": (("-Dquarkus.http.host={host}", "-Dquarkus.http.port={port}"), ()),
    "micronaut-maven-plugin": (("-Dmicronaut.server.host={host}", "-Dmicronaut.server.port={port}"), ()),
}
"""Plugin -> options of java, arguments of the program."""


def propose(folder: Folder) -> list[Proposal]:
    """Return a proposal for each jar, the most likely service first."""
    if "pom.xml" not in folder.files:
        return []
    proposals = [
        proposal for path in folder.files if posixpath.basename(path) == "pom.xml" for proposal in _of_pom(folder, path)
    ]
    return sorted(proposals, key=lambda proposal: (not proposal.serves, doubt(proposal.name)))


def _read(folder: Folder, path: str) -> ElementTree.Element:
    text = re.sub(r"\sxmlns\s*=\s*(['\"]).*?\1", "", folder.text(path), count=1)
    try:
        return ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise Error(f"{path}: not valid XML: {error}") from error


def _of_pom(folder: Folder, path: str) -> Iterator[Proposal]:
    pom, subfolder = _read(folder, path), posixpath.dirname(path)
    if pom.findtext("packaging", "jar") != "jar":
        return
    plugin = next((name for name in _FRAMEWORKS if name in folder.text(path)), "")
    sources = folder.sources(".java", below=posixpath.join(subfolder, "src"))
    mains = [_class_of(file, text) for file, text in sources.items() if _MAIN.search(text)]
    if not plugin and not mains:
        return
    name = slug(pom.findtext("artifactId", folder.name), "service")
    jar = _jar(pom, folder.text(path))
    main_class = "" if pom.find(".//mainClass") is not None else next(iter(mains), "")
    yield Proposal(
        name=name,
        language="Java",
        place=path,
        build=_build(subfolder, name, jar, is_quarkus=plugin.startswith("quarkus")),
        start=_start(name, plugin, main_class, sources),
        serves=bool(plugin) or serves(sources),
        build_edits={"commands": f"{path} leaves open what the jar is called: target/{jar} is a guess"} if "$" in jar else {},
        ready_within_s=60,
    )


def _class_of(path: str, text: str) -> str:
    package = re.search(r"^package\s+([\w.]+)\s*;", text, re.MULTILINE)
    name = posixpath.basename(path).removesuffix(".java")
    return f"{package[1]}.{name}" if package else name


def _jar(pom: ElementTree.Element, text: str) -> str:
    """Return the name of the jar; with a $ in it, if a property is unknown."""
    version = pom.findtext("version") or pom.findtext("parent/version") or ""
    known = {element.tag: element.text or "" for element in pom.findall("properties/*")}
    known |= {"project.artifactId": pom.findtext("artifactId", ""), "project.version": version}
    known |= {"project.parent.version": pom.findtext("parent/version", "")}
    name = pom.findtext("build/finalName") or "${project.artifactId}-${project.version}"
    for _ in range(3):  # properties of properties
        name = re.sub(r"\$\{([^}]+)\}", lambda match: known.get(match[1], match[0]).strip(), name)
    return f"{name}{'-jar-with-dependencies' if 'jar-with-dependencies' in text else ''}.jar"


def _build(subfolder: str, name: str, jar: str, *, is_quarkus: bool) -> dict[str, JsonValue]:
    """Return what is in [service.build]: built once to fetch all plugins, since go-offline leaves some out."""
    package = ["-DskipTests", "clean", "package", *(["-pl", subfolder, "-am"] if subfolder else [])]
    target = posixpath.join(subfolder, "target")
    copy: JsonValue = ["cp", f"{target}/{jar}", f"{{out}}/{name}.jar"]
    kept: dict[str, JsonValue] = {"artefact": f"{name}.jar"}
    if is_quarkus:
        copy = ["cp", "-R", f"{target}/quarkus-app", "{out}/quarkus-app"]
        kept = {"artefact": "quarkus-app/quarkus-run.jar", "more": ["quarkus-app"]}
    return {
        "needs": ["mvn", "java"],
        "inputs": ["."],
        "fetch": [["mvn", "-q", "-B", *package]],
        "commands": [["mvn", "-q", "-B", "-o", *package], copy],
        **kept,
    }


def _start(name: str, plugin: str, main_class: str, sources: dict[str, str]) -> Start:
    if plugin:
        options, arguments = _FRAMEWORKS[plugin]
        return Start(["java", *options, "-jar", "{artefact}", *arguments])
    run = ["-cp", "{artefact}", main_class] if main_class else ["-jar", "{artefact}"]
    for path, text in sources.items():
        if named := _PROPERTY.search(text):
            return Start(["java", f"-D{named[1]}={{port}}", *run], comment=f"as {path} reads it")
    port: Port | None = find_port(sources, programs=(name,))
    return start_with(["java", *run], port)
