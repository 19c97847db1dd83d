"""What init proposes for a repository: eight samples, one a language, and what is odd about others."""

from pathlib import Path
from typing import Any

import pytest

from loadgen.errors import Error
from loadgen.init.folder import Folder, read_folder
from loadgen.init.project import project_text
from loadgen.init.recognise import recognise
from loadgen.init.requests import ROOT
from loadgen.init.toml import edits_of
from tests.samples import SAMPLES, check_maven, read_back, sample

PORT = {"PORT": "{port}"}
VENV = "{built}/venv/bin/python"
UVICORN = ["-m", "uvicorn", "--app-dir", "{built}/app", "--host", "{host}", "--port", "{port}", "--workers", "{threads}"]
CALLED = "import sys; from hello.server import main; sys.exit(main())"
EXPECTED: dict[str, tuple[str, str, list[str], dict[str, str]]] = {
    "go": ("hello", "Go", ["{artefact}"], PORT),
    "go-cmd": ("orders", "Go", ["{artefact}", "--port", "{port}"], {}),
    "rust": ("hello", "Rust", ["{artefact}"], PORT),
    "cpp": ("hello", "C++", ["{artefact}", "{port}"], {}),
    "node": ("app/server.js", "JavaScript", ["node", "{artefact}"], {"NODE_ENV": "production", **PORT}),
    "python": ("app/src/hello/server.py", "Python", [VENV, "-I", "-c", CALLED, "--host", "{host}", "--port", "{port}"], {}),
    "java": ("hello.jar", "Java", ["java", "-cp", "{artefact}", "hello.Main"], PORT),
    "fastapi": ("app/main.py", "Python", [VENV, *UVICORN, "--log-level", "warning", "main:app"], {}),
}
"""Sample -> artefact, language, command, environment."""
GO = {"go.mod": "module x\n", "main.go": "package main\nfunc main() {}\n"}
"""A program in Go that does nothing."""


def text_for(files: dict[str, str]) -> str:
    return project_text(recognise(Folder("place", files)), ROOT)


def service_of(files: dict[str, str]) -> dict[str, Any]:
    service: dict[str, Any] = read_back(text_for(files))["service"]
    return service


def test_there_is_an_expectation_for_each_sample() -> None:
    assert sorted(EXPECTED) == SAMPLES


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_is_built_and_started_as_it_should_be(name: str, tmp_path: Path) -> None:
    text = project_text(recognise(read_folder(sample(name, tmp_path))), ROOT)
    service = read_back(text)["service"]
    start = service["start"]
    found = (service["build"]["artefact"], service["language"], start["command"], start.get("environment", {}))
    assert found == EXPECTED[name]
    assert edits_of(text) == []


def test_what_is_proposed_is_read_back_without_a_change(tmp_path: Path) -> None:
    for name in SAMPLES:
        proposal = recognise(read_folder(sample(name, tmp_path)))
        service = read_back(project_text(proposal, ROOT))["service"]
        assert service["build"] == proposal.build
        assert service["start"]["command"] == list(proposal.start.command)


def test_the_most_likely_of_several_programs_is_taken_and_the_others_are_named(tmp_path: Path) -> None:
    text = project_text(recognise(read_folder(sample("go-cmd", tmp_path))), ROOT)
    assert "# made of cmd/orders; also here: cmd/migrate (Go)\n" in text
    assert read_back(text)["service"]["build"]["commands"][0][-1] == "./cmd/orders"


def test_of_programs_that_listen_the_one_that_is_called_like_a_service_is_taken() -> None:
    main = "package main\nfunc main() { net.Listen() }\n"
    files = {"go.mod": "module x\n", **{f"cmd/{name}/main.go": main for name in ("admin", "api", "webtool")}}
    assert service_of(files)["name"] == "api"


def test_a_port_that_no_source_names_is_the_line_to_edit() -> None:
    text = text_for({"go.mod": "module x\n", "main.go": 'package main\nfunc main() { http.ListenAndServe(":8080", nil) }\n'})
    ((number, what),) = edits_of(text)
    assert text.split("\n")[number - 1] == 'environment = { PORT = "{port}" }'
    assert what.startswith("nothing in the sources says how the port is taken")


def test_go_fetches_modules_unless_they_lie_in_vendor() -> None:
    files = GO | {"go.sum": ""}
    assert service_of(files)["build"]["fetch"] == [["go", "mod", "download"]]
    assert "fetch" not in service_of({**files, "vendor/modules.txt": ""})["build"]


def test_programs_of_tests_and_of_other_modules_are_none_of_go_s() -> None:
    main = "package main\nfunc main() {}\n"
    files = {"go.mod": "module x\n", "testdata/a/main.go": main, "other/go.mod": "module y\n", "other/main.go": main}
    with pytest.raises(Error, match=r"place: nothing that starts: go\.mod is there, but not a package main"):
        text_for(files)


def test_rust_takes_the_binary_of_a_workspace_that_listens() -> None:
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n',
        "Cargo.lock": "",
        "crates/tool/Cargo.toml": '[package]\nname = "tool"\n',
        "crates/tool/src/main.rs": "fn main() {}",
        "crates/web/Cargo.toml": '[package]\nname = "web"\n[[bin]]\nname = "webd"\npath = "src/serve.rs"\n',
        "crates/web/src/serve.rs": '#[arg(long, default_value_t = 80)]\n pub port: u16,\nTcpListener::bind("")',
    }
    service = service_of(files)
    build = ["cargo", "build", "--release", "--locked", "--offline", "--package", "web", "--bin", "webd"]
    assert service["build"]["commands"][0] == build
    assert service["start"]["command"] == ["{artefact}", "--port", "{port}"]


def test_rust_without_a_lock_is_a_line_to_edit() -> None:
    text = text_for({"Cargo.toml": '[package]\nname = "x"\n', "src/main.rs": 'std::env::var("PORT")'})
    ((number, what),) = edits_of(text)
    assert text.split("\n")[number - 1].startswith("fetch = ")
    assert "Cargo.lock" in what


def test_cmake_that_downloads_is_configured_when_it_may() -> None:
    lists = (
        "project(Shop CXX)\nFetchContent_Declare(json)\nadd_executable(shop_test t.cpp)\nadd_executable(shop main.cpp)\n"
        "set_target_properties(shop PROPERTIES OUTPUT_NAME shopd)\n"
    )
    build = service_of({"CMakeLists.txt": lists, "main.cpp": 'listen(s, 1); app.add_option("-p,--port", port);'})["build"]
    assert build["artefact"] == "shopd"
    assert build["fetch"][0][:2] == ["cmake", "-S"]
    assert build["commands"] == [["cmake", "--build", "{scratch}/build", "--parallel", "2", "--target", "shop"]]


def test_node_is_compiled_if_what_starts_is_made() -> None:
    package = (
        '{"name": "x", "scripts": {"start": "node --enable-source-maps dist/main.js", "build": "tsc"},'
        ' "devDependencies": {"typescript": "5"}}'
    )
    service = service_of({"package.json": package, "package-lock.json": "", "src/main.ts": "listen(process.env.PORT)"})
    assert service["language"] == "TypeScript"
    assert service["build"]["fetch"] == [["npm", "ci", "--no-audit", "--no-fund"]]
    assert service["build"]["commands"] == [["npm", "run", "build"], ["cp", "-R", ".", "{out}/app"]]
    assert service["start"]["command"] == ["node", "--enable-source-maps", "{artefact}"]


def test_node_s_other_programs_are_started_by_npm_and_that_is_a_line_to_edit() -> None:
    package = '{"name": "x", "scripts": {"start": "next start"}, "dependencies": {"next": "15"}}'
    text = text_for({"package.json": package, "package-lock.json": ""})
    ((number, what),) = edits_of(text)
    assert what.startswith("npm starts `next start`, and is measured with it")
    assert text.split("\n")[number - 1].startswith("command = ")


@pytest.mark.parametrize(
    ("files", "command", "edit"),
    [
        (
            {"requirements.txt": "flask==3\ngunicorn==23\n", "src/shop/web.py": "app = flask.Flask(__name__)"},
            [VENV, "-m", "gunicorn", "--chdir", "{built}/app/src", "--bind", "{host}:{port}"],
            "",
        ),
        (
            {"requirements.txt": "flask==3\n", "app.py": "app = Flask(__name__)"},
            [VENV, "-m", "flask", "--app", "{built}/app/app.py", "run"],
            "flask run is a server for development",
        ),
        (
            {"requirements.txt": "fastapi\nuvicorn\n", "main.py": "from fastapi import FastAPI\napp = get_application()"},
            [VENV, *UVICORN, "--log-level", "warning", "main:app"],
            "",
        ),
        (
            {"requirements.txt": "fastapi\nuvicorn\n", "main.py": "def create_app(x=1):\n    app = FastAPI()\n    return app"},
            [VENV, *UVICORN, "--log-level", "warning", "--factory", "main:create_app"],
            "",
        ),
        (
            {"requirements.txt": "flask\ngunicorn\n", "shop.py": "def create_app():\n    app = Flask()"},
            [
                VENV,
                "-m",
                "gunicorn",
                "--chdir",
                "{built}/app",
                "--bind",
                "{host}:{port}",
                "--workers",
                "{threads}",
                "shop:create_app()",
            ],
            "",
        ),
        (
            {"requirements.txt": "fastapi\n", "app.py": "app: FastAPI = FastAPI()"},
            [VENV, "-m", "uvicorn"],
            "uvicorn, which is to serve app:app, is not among what is installed",
        ),
        (
            {"requirements.txt": "django\n", "manage.py": "", "shop/wsgi.py": "application = get_wsgi_application()"},
            [VENV, "{built}/app/manage.py", "runserver"],
            "runserver is a server for development",
        ),
        (
            {
                "requirements.txt": "",
                "serve.py": "from http.server import *\nif __name__ == '__main__':\n  port = int(sys.argv[1])",
            },
            ["python3", "{artefact}", "{port}"],
            "",
        ),
        (
            {
                "requirements.txt": "",
                "serve.py": "from http.server import *\nport = int(sys.argv[1])\nHTTPServer(port).serve_forever()",
            },
            ["python3", "{artefact}", "{port}"],
            "",
        ),
    ],
)
def test_python_s_frameworks_have_their_servers(files: dict[str, str], command: list[str], edit: str) -> None:
    text = text_for(files)
    assert read_back(text)["service"]["start"]["command"][: len(command)] == command
    assert [what[: len(edit)] for _, what in edits_of(text)] == ([edit] if edit else [])


def test_wheels_are_fetched_and_installed_without_the_network() -> None:
    project = '[project]\nname = "shop"\ndependencies = ["fastapi", "uvicorn>=0.30"]\n'
    build = service_of({"pyproject.toml": project, "shop.py": "api = FastAPI()"})["build"]
    assert build["fetch"][1][-4:] == ["--wheel-dir", "{scratch}/wheels", "fastapi", "uvicorn>=0.30"]
    assert build["commands"][0][-5:] == ["--no-index", "--find-links", "{scratch}/wheels", "fastapi", "uvicorn>=0.30"]


POM = (
    '<project xmlns="http://maven.apache.org/POM/4.0.0"><artifactId>shop</artifactId><parent><version>3</version></parent>'
    "<properties><kind>boot</kind></properties><build>{}</build></project>"
)


@pytest.mark.parametrize(
    ("inside", "jar", "command"),
    [
        (
            "<finalName>${project.artifactId}-${kind}</finalName><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin>",
            "target/shop-boot.jar",
            ["java", "-jar", "{artefact}", "--server.address={host}", "--server.port={port}"],
        ),
        (
            "<plugin><artifactId>quarkus-maven-plugin</artifactId></plugin>",
            "target/quarkus-app",
            ["java", "-Dquarkus.http.host={host}", "-Dquarkus.http.port={port}", "-jar", "{artefact}"],
        ),
        (
            "<mainClass>shop.Main</mainClass>",
            "target/shop-3.jar",
            ["java", "-Dhttp.port={port}", "-jar", "{artefact}"],
        ),
    ],
)
def test_maven_s_jars_and_frameworks(inside: str, jar: str, command: list[str]) -> None:
    main = 'package shop;\nclass Main { public static void main(String[] a) { System.getProperty("http.port"); } }'
    service = service_of({"pom.xml": POM.format(inside), "src/main/java/shop/Main.java": main})
    assert jar in service["build"]["commands"][1]
    check_maven(service["build"])
    assert service["start"]["command"] == command


def test_a_module_of_maven_s_is_built_with_what_it_needs() -> None:
    files = {
        "pom.xml": "<project><packaging>pom</packaging></project>",
        "web/pom.xml": POM.format("<plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin>"),
    }
    build = service_of(files)["build"]
    check_maven(build)
    commands = build["commands"]
    assert commands[0] == ["mvn", "-q", "-B", "-o", "-DskipTests", "clean", "package", "-pl", "web", "-am"]
    assert commands[1] == ["cp", "web/target/shop-3.jar", "{out}/shop.jar"]


def test_a_jar_without_a_known_name_is_a_line_to_edit() -> None:
    pom = POM.format("<finalName>${unknown}</finalName><plugin>spring-boot-maven-plugin</plugin>")
    ((_, what),) = edits_of(text_for({"pom.xml": pom}))
    assert "target/${unknown}.jar is a guess" in what


@pytest.mark.parametrize(("requirements", "kept"), [("flask\ngunicorn\n", False), ("flask\n", True)])
def test_a_server_that_closes_each_connection_gets_one_a_request(requirements: str, kept: bool) -> None:
    tables = read_back(text_for({"requirements.txt": requirements, "app.py": "app = Flask(__name__)"}))
    assert tables["workloads"]["main"].get("keep_alive", True) is kept


def test_of_two_languages_the_one_that_listens_is_taken() -> None:
    text = text_for(GO | {"package.json": '{"main": "web.js"}', "web.js": "createServer().listen(process.env.PORT)"})
    assert read_back(text)["service"]["language"] == "JavaScript"
    assert "also here: main.go (Go)" in text


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({}, "place: nothing known: expected one of go.mod, Cargo.toml, CMakeLists.txt, pom.xml, pyproject.toml"),
        ({"a/go.mod": "", "b/pom.xml": ""}, "run primebench init in a folder that has one: a, b"),
        ({"Cargo.toml": "[package"}, "Cargo.toml: not valid TOML"),
        ({"package.json": "[]"}, "package.json: expected an object, not list"),
        ({"package.json": "{"}, "package.json: not valid JSON"),
        ({"pom.xml": "<project>"}, "pom.xml: not valid XML"),
        ({"package.json": "{}"}, "nothing that starts: package.json is there, but not a start script"),
    ],
)
def test_what_is_not_known_is_one_line(files: dict[str, str], line: str) -> None:
    with pytest.raises(Error) as raised:
        text_for(files)
    assert line in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_script_s_function_is_called_whatever_its_file_runs_as_it_is_read() -> None:
    """Started as a module, such a file would end without having served."""
    project = '[project]\nname = "shop"\n[project.scripts]\nshop = "shop.cli:main"\n'
    source = "import http.server\nVERSION = subprocess.run(['git', 'describe'])\ndef main():\n  port = int(sys.argv[1])\n"
    assert service_of({"pyproject.toml": project, "shop/cli.py": source})["start"]["command"][:3] == [VENV, "-I", "-c"]
