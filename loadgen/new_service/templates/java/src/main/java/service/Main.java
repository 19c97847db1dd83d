package service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executors;

/** new-service --host 127.0.0.1 --port 8080 */
public final class Main {
    /** What is asked: the only request that is answered so far. */
    private static final String PATH = "/path-of-the-task";

    private static final byte[] BODY = "body-of-the-task".getBytes(StandardCharsets.UTF_8);

    private Main() {}

    public static void main(String[] arguments) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // else each answer waits for the client's acknowledgement
        System.setProperty("sun.net.httpserver.maxReqTime", "10");
        List<String> given = List.of(arguments);
        int port = Integer.parseInt(option(given, "--port", "8080"));
        HttpServer server = HttpServer.create(new InetSocketAddress(option(given, "--host", "127.0.0.1"), port), 1024);
        server.createContext("/", Main::answer);
        server.setExecutor(Executors.newCachedThreadPool()); // a client that sends slowly has one to itself
        server.start();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestURI().getPath().equals(PATH)) {
                exchange.sendResponseHeaders(404, -1);
            } else if (!exchange.getRequestMethod().equals("GET")) {
                exchange.getResponseHeaders().set("Allow", "GET");
                exchange.sendResponseHeaders(405, -1);
            } else {
                exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
                exchange.sendResponseHeaders(200, BODY.length);
                exchange.getResponseBody().write(BODY);
            }
        }
    }

    private static String option(List<String> arguments, String name, String otherwise) {
        int at = arguments.indexOf(name);
        return at < 0 || at + 1 == arguments.size() ? otherwise : arguments.get(at + 1);
    }
}
