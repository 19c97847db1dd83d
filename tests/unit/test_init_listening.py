"""How a program takes its port: the usual ways, in the words of each language."""

import pytest

from loadgen.init.listening import Port, find_port

HOST = ("--host", "{host}")


@pytest.mark.parametrize(
    ("source", "arguments", "environment"),
    [
        ('port := flag.Int("port", 8080, "")', ("--port", "{port}"), {}),
        ('flag.StringVar(&addr, "addr", ":8080", "")', ("--addr", "{host}:{port}"), {}),
        ('cmd.Flags().IntVarP(&port, "http-port", "p", 80, "")', ("--http-port", "{port}"), {}),
        ('&cli.IntFlag{Name: "port"}', ("--port", "{port}"), {}),
        ('os.Getenv("PORT")', (), {"PORT": "{port}"}),
        ('os.LookupEnv("LISTEN_ADDR")', (), {"LISTEN_ADDR": "{host}:{port}"}),
        ('Port int `env:"SERVER_PORT"`', (), {"SERVER_PORT": "{port}"}),
        ("#[arg(short, long, default_value_t = 80)]\n    port: u16,", ("--port", "{port}"), {}),
        ('Arg::new("x").long("port")', ("--port", "{port}"), {}),
        ('std::env::var("PORT")', (), {"PORT": "{port}"}),
        ("std::env::args().nth(1).map(|port| port.parse())\nlet port = args().nth(1);", ("{port}",), {}),
        ('app.add_option("-p,--port", port);', ("--port", "{port}"), {}),
        ('options.add_options()("p,port", "where");', ("--port", "{port}"), {}),
        ('{"port", required_argument, nullptr, 0}', ("--port", "{port}"), {}),
        ('DEFINE_int32(port, 80, "");', ("--port", "{port}"), {}),
        ("int port = atoi(argv[1]);", ("{port}",), {}),
        (
            "address = make_address(argv[1]);\nport = atoi(argv[2]);\nthreads = atoi(argv[3]);",
            ("{host}", "{port}", "{threads}"),
            {},
        ),
        ("String host = args[0]; int port = Integer.parseInt(args[1]);", ("{host}", "{port}"), {}),
        ("const { PORT = 3000 } = process.env;", (), {"PORT": "{port}"}),
        ("const { HOST, PORT } = process.env; // process.env.HOST", (), {"HOST": "{host}", "PORT": "{port}"}),
        ("program.option('-p, --port <number>')", ("--port", "{port}"), {}),
        ("const port = Number(process.argv[2]);", ("{port}",), {}),
        ('parser.add_argument("--host")\nparser.add_argument("--port")', (*HOST, "--port", "{port}"), {}),
        ("port: int = typer.Option(80)", ("--port", "{port}"), {}),
        ('os.environ.get("PORT", 80)', (), {"PORT": "{port}"}),
        ('System.getenv().getOrDefault("PORT", "80")', (), {"PORT": "{port}"}),
        ("server.port=${PORT:8080}", (), {"PORT": "{port}"}),
        ("usage: server [--port N]", ("--port", "{port}"), {}),
    ],
)
def test_a_usual_way_is_found(source: str, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    assert find_port({"file": source}) == Port(arguments, environment, "file")


@pytest.mark.parametrize(
    ("program", "source", "environment"),
    [
        ("bookshelf", 'getenv("BOOKSHELF_ADDR", ":80")', {"BOOKSHELF_ADDR": "{host}:{port}"}),
        (
            "inventory-api",
            'env::var("INVENTORY_PORT"); env::var("INVENTORY_HOST"); env::var("HOST")',
            {"INVENTORY_HOST": "{host}", "INVENTORY_PORT": "{port}"},
        ),
        ("orderBook", "process.env.ORDER_BOOK_PORT", {"ORDER_BOOK_PORT": "{port}"}),
        ("shop", "process.env.SHOP_PORT || process.env.PORT", {"PORT": "{port}"}),
    ],
)
def test_a_variable_may_begin_with_what_the_program_is_called(program: str, source: str, environment: dict[str, str]) -> None:
    assert find_port({"file": source}, programs=["other", program]) == Port((), environment, "file")


@pytest.mark.parametrize(
    "source",
    [
        'os.Getenv("DB_PORT")',
        'dial("--ports")',
        'viper.GetInt("port")',
        "export const port = 8080;",
        "const script = process.argv[1];",
        "int threads = atoi(argv[1]);",
        "auto const root = argv[1];\nauto const port = atoi(argv[2]);",
        'json.value("port", 80)',
        "run --port-range 5",
    ],
)
def test_what_only_looks_like_one_is_none(source: str) -> None:
    assert find_port({"file": source}) is None


def test_the_program_s_own_file_comes_before_others_and_a_flag_before_a_variable() -> None:
    far, near = {"far": '"--port"'}, {"near": 'getenv("PORT")'}
    found = find_port(near, far)
    assert found is not None
    assert found.found_in == "near"
    assert find_port({"far": 'getenv("PORT"); "--port"'}) == Port(("--port", "{port}"), {}, "far")
