"""What init has a service asked: GET / where that is a route, else what tells health, with a line to edit."""

import re

import pytest

from loadgen.init.folder import Folder
from loadgen.init.requests import ROOT
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


AXUM = 'Router::new().route("/echo", post(echo)).route("/hello/{name}", get(hello).put(change))'
AIOHTTP = """@routes.get("/users/{id}")
async def user(request): ...
@routes.post("/echo")
async def echo(request): ...
@routes.get("/chunks")
async def chunks(request): ..."""
FASTIFY = """app.get('/health', async () => ({ status: 'ok' }))
app.get<{ Params: { id: string } }>('/users/:id', async (req) => {})
app.post<{ Body: { n: number } }>('/double', { schema: {} }, async (req, reply) => {})
app.route({ method: 'DELETE', url: '/users', handler })"""
FLASK = """@app.route("/orders", methods=["POST"])
def create(): ...
@app.route("/orders/<int:number>", methods=["GET", "PUT"])
def read(number): ..."""
GORILLA = """r.HandleFunc("/orders", create).Methods("POST")
r.HandleFunc("/orders/{id}", read).Methods(http.MethodGet)"""
BY_HAND = """if (req.url === '/double' && req.method === 'POST') double(req);
else if (req.method === 'PUT' && req.url === '/put') put(req);
else if (req.url === '/list') list(req);"""


@pytest.mark.parametrize(
    ("file", "source", "path", "seen"),
    [
        ("main.go", CHI, "/healthz", "/api/v1/books, /{id}"),
        ("main.go", 'mux.HandleFunc("GET /livez", live)', "/livez", ""),
        ("main.rs", 'Router::new().route("/items", get(list)).route("/health", get(ok))', "/health", "/items"),
        ("app.js", EXPRESS, "/health", "/api/products"),
        ("main.py", FASTAPI, "/_health", "/tickets"),
        ("main.cpp", 'CROW_ROUTE(app, "/orders")', "/", "/orders"),
        ("app.js", "if (request.url === '/orders') list();", "/", "/orders"),
        ("app.py", '@app.get("/items/<int:number>")\n@app.post("/items")', "/", "/items/<int:number>, POST /items"),
        ("app.js", "app.get('/items/:id', read); app.post('/items', create);", "/", "/items/:id, POST /items"),
        ("main.go", 'mux.HandleFunc("GET /items/{id}", read)', "/", "/items/{id}"),
        ("main.go", 'mux.HandleFunc("POST /calculate", calculate)', "/", "POST /calculate"),
        ("main.rs", 'web::resource("/calculate").route(web::post().to(calculate))', "/", "POST /calculate"),
        ("main.py", '@app.post("/calculate")', "/", "POST /calculate"),
        ("main.py", '@app.post("/")', "/", "POST /"),
        ("main.rs", AXUM, "/", "/hello/{name}, POST /echo"),
        ("main.cpp", r'svr.Post("/echo", echo); svr.Get(R"(/hello/(\w+))", hello);', "/", r"/hello/(\w+), POST /echo"),
        ("main.py", AIOHTTP, "/", "/chunks, /users/{id}, POST /echo"),
        (
            "main.py",
            'app.router.add_route("POST", "/echo", echo)\napp.router.add_get(r"/it/{id}", it)',
            "/",
            "/it/{id}, POST /echo",
        ),
        ("main.ts", FASTIFY, "/health", "/users/:id, POST /double, DELETE /users"),
        ("app.py", FLASK, "/", "/orders/<int:number>, POST /orders"),
        ("main.go", GORILLA, "/", "/orders/{id}, POST /orders"),
        ("app.js", BY_HAND, "/", "/list, POST /double, PUT /put"),
    ],
)
def test_without_a_sure_root_there_is_a_line_to_edit(file: str, source: str, path: str, seen: str) -> None:
    assert asked({file: source}) == (path, seen)


def asked(files: dict[str, str]) -> tuple[str, str]:
    """Return the path that is asked, and the routes that the line to edit names."""
    (request,) = first_request(Folder("place", files)).requests
    assert request.table["expect"] == {"status": [200]}
    edit = request.edits["path"]
    assert edit.startswith("no route is sure to be GET /")
    seen = re.search(r" \(in the sources(?:, some of them parts of paths)?: (.*)\)$", edit)
    return str(request.table["path"]), seen[1] if seen else ""


def test_a_parameter_is_to_be_filled_in_and_a_part_of_a_path_is_told() -> None:
    (request,) = first_request(Folder("place", {"main.rs": AXUM})).requests
    assert "name what users ask, with values for parameters (in the sources: /hello/{name}, " in request.edits["path"]
    (request,) = first_request(Folder("place", {"app.js": EXPRESS})).requests
    assert "name what users ask (in the sources, some of them parts of paths: /api/products)" in request.edits["path"]


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


JAVA = "src/main/java/com/example/demo"


def test_a_package_that_is_called_like_examples_or_tests_is_read() -> None:
    source = 'package com.example.demo;\nclass Hello { @GetMapping("/hello") String hello() {} }'
    assert asked({f"{JAVA}/Hello.java": source}) == ("/", "/hello")
    assert asked({"src/test/app/A.kt": "package test.app\nval x = 1", f"{JAVA}/Hello.java": source}) == ("/", "/hello")
    aside = {"src/test/java/com/example/demo/Hello.java": source, "examples/com/example/demo/Hello.java": source}
    assert first_request(Folder("place", aside)) == ROOT


URLS = """urlpatterns = [
    path("admin/", admin.site.urls),
    path("items/<int:item_id>/", views.item, name="item"),
    re_path(r"^archive/(?P<year>[0-9]{4})/$", views.archive),
    path("shop/", include("shop.urls")),
]"""
SHOP_URLS = (
    'urlpatterns = [path("", views.index), path("sale/", views.sale), path("cart/", include(("shop.cart.urls", "cart")))]'
)
CART_URLS = 'urlpatterns = [path("<int:cart>/", views.cart), path("new/", views.new)]'


def test_django_s_paths_are_whole_wherever_they_are_included() -> None:
    files = {"site/urls.py": URLS, "shop/urls.py": SHOP_URLS, "shop/cart/urls.py": CART_URLS}
    seen = "/shop/, /shop/sale/, /shop/cart/new/, /items/<int:item_id>/, /archive/<year>/, /shop/cart/<int:cart>/"
    assert asked(files) == ("/", seen)
    assert asked({"site/urls.py": URLS}) == ("/", "/items/<int:item_id>/, /archive/<year>/, /admin/<...>, /shop/<...>")
    assert first_request(Folder("place", {"site/urls.py": 'urlpatterns = [path("", views.index)]'})) == ROOT
    assert asked({"site/urls.py": 'urlpatterns = [path("admin/", admin.site.urls)]'}) == ("/", "/admin/<...>")


def test_urls_of_django_that_include_each_other_have_an_end() -> None:
    circle = 'urlpatterns = [path("a/", include("site.urls")), path("it/", views.it)]'
    assert asked({"site/urls.py": circle})[1].endswith("/it/")


SPRING = """package shop;
@RestController
@RequestMapping(path = "/shop")
public class Shop {
    @GetMapping(value = {"/", "/all"}, produces = "text/plain") String all() {}
    @RequestMapping(method = RequestMethod.POST, value = "/buy") String buy(@RequestBody String body) {}
    @Secured("/no") @DeleteMapping("/{id}") void delete(@PathVariable("id") int id) {}
    @JsonInclude public record Price(int cents) {}
    @GetMapping String index() {}
}
@RequestMapping(Api.ORDERS) class Orders { @GetMapping("/ping") String ping() {} }
"""
JAX_RS = '@Path("/shop") public class Shop { @GET @Path("{id}") @Produces("a/b") String one() {} @POST void add() {} }'
MICRONAUT = '@Controller("/shop") class Shop { @Get("/{id}") String one() {} @Post(uri = "/") String add() {} }'
NEST = """import { Get } from '@nestjs/common';
@Controller('shop') export class Shop { @Get(':id') one() {} @Post() add() {} @Get() all() {} }"""


@pytest.mark.parametrize(
    ("file", "source", "path", "seen"),
    [
        ("Shop.java", SPRING, "/", "/shop/, /shop/all, /shop, /{Api.ORDERS}/ping, POST /shop/buy, DELETE /shop/{id}"),
        ("Shop.java", JAX_RS, "/", "/shop/{id}, POST /shop"),
        ("Shop.kt", MICRONAUT, "/", "/shop/{id}, POST /shop/"),
        ("shop.ts", NEST, "/", "/shop, /shop/:id, POST /shop"),
        (
            "Shop.java",
            '@RequestMapping("/shop") class Shop { @GetMapping("/") A a() {} @GetMapping("/ping") B b() {} }',
            "/shop/ping",
            "/shop/",
        ),
        ("Shop.java", '@PostMapping("/echo") @ResponseBody Map echo() {}', "/", "POST /echo"),
    ],
)
def test_a_path_of_an_annotation_has_that_of_its_class_in_front(file: str, source: str, path: str, seen: str) -> None:
    assert asked({file: source}) == (path, seen)


def test_a_root_below_a_class_without_a_path_is_sure_and_one_below_a_setting_is_not() -> None:
    files = {"Shop.java": '@RestController class Shop { @GetMapping("/") String index() {} }'}
    assert first_request(Folder("place", files)) == ROOT
    settings = "src/main/resources/application.properties"
    assert asked({**files, settings: "server.servlet.context-path=/api\n"}) == ("/", "")
