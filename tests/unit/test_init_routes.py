"""What init has a service asked: GET / where that is a route, else what tells health, with a line to edit."""

import pytest

from loadgen.init.folder import Folder
from loadgen.init.routes import first_request

CHI = """r.Get("/healthz", health)
r.Route("/api/v1/books", func(r chi.Router) {
    r.Get("/", list)
    r.Get("/{id}", read)
})"""
EXPRESS = """app.get('/health', (req, res) => res.json({}));
app.use('/api/products', products);
const products = express.Router();
products.get('/', list);"""
FASTAPI = """app.include_router(tickets.router, prefix="/tickets")
@app.get("/_health")
def health(): ..."""


@pytest.mark.parametrize(
    ("file", "source", "path", "seen"),
    [
        ("main.go", CHI, "/healthz", "/api/v1/books"),
        ("main.go", 'mux.HandleFunc("GET /livez", live)', "/livez", ""),
        ("main.rs", 'Router::new().route("/items", get(list)).route("/health", get(ok))', "/health", "/items"),
        ("app.js", EXPRESS, "/health", "/api/products"),
        ("main.py", FASTAPI, "/_health", "/tickets"),
        ("Shop.java", '@RequestMapping("/shop") class Shop { @GetMapping("/") @GetMapping("/ping") }', "/ping", "/shop"),
        ("main.cpp", 'CROW_ROUTE(app, "/orders")', "/", "/orders"),
        ("app.js", "if (request.url === '/orders') list();", "/", "/orders"),
        ("app.py", '@app.get("/items/<int:number>")\n@app.post("/items")', "/", "/items/<int:number>"),
        ("app.js", "app.get('/items/:id', read); app.post('/items', create);", "/", "/items/:id"),
        ("main.go", 'mux.HandleFunc("GET /items/{id}", read)', "/", "/items/{id}"),
        ("main.go", 'mux.HandleFunc("POST /calculate", calculate)', "/", "/calculate"),
        ("main.rs", 'web::resource("/calculate").route(web::post().to(calculate))', "/", "/calculate"),
        ("main.py", '@app.post("/calculate")', "/", "/calculate"),
    ],
)
def test_without_a_sure_root_there_is_a_line_to_edit(file: str, source: str, path: str, seen: str) -> None:
    (request,) = first_request(Folder("place", {file: source})).requests
    assert (request.table["path"], request.table["expect"]) == (path, {"status": [200]})
    edit = request.edits["path"]
    assert edit.startswith("no route is sure to be GET /")
    assert edit.partition(" (in the sources: ")[2] == (f"{seen})" if seen else "")


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("main.go", 'http.HandleFunc("/", hello); http.HandleFunc("/healthz", ok)'),
        ("main.rs", 'Router::new().route("/", get(root)).route("/health", get(ok))'),
        ("main.cpp", 'if (target == "/") hello();'),
        ("main.c", "write(socket, response, length);"),
        ("main.py", 'open("/etc/hosts"); os.path.join("/tmp", name)'),
        ("main_test.go", 'r.Get("/healthz", health)'),
    ],
)
def test_a_root_that_is_a_route_is_asked_and_one_of_which_nothing_is_known(file: str, source: str) -> None:
    (request,) = first_request(Folder("place", {file: source})).requests
    assert (request.table, request.edits) == ({"name": "root", "path": "/", "expect": {"status": [200]}}, {})
