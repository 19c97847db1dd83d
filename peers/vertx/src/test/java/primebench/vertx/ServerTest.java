package primebench.vertx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ServerTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Server.Shared SHARED = new Server.Shared();

    @BeforeAll
    static void start() throws Exception {
        Settings settings = new Settings("127.0.0.1", 0, 1, 1_000);
        VERTX.deployVerticle(new Server(settings, SHARED)).toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stop() throws Exception {
        VERTX.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static HttpResponse<String> ask(String method, String path, String type, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + SHARED.port() + path));
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        return CLIENT.send(request.method(method, BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    private static void assertAnswers(String method, String path, String body, String type, String begins) throws Exception {
        HttpResponse<String> response = ask(method, path, "application/json", body);
        assertEquals(200, response.statusCode(), path);
        assertEquals(type, response.headers().firstValue("content-type").orElse(""));
        assertTrue(response.headers().firstValue("date").isPresent());
        assertTrue(response.body().startsWith(begins), response.body());
    }

    private static void assertRefuses(int status, String method, String path, String type, String body, String allow) throws Exception {
        HttpResponse<String> response = ask(method, path, type, body);
        assertEquals(status, response.statusCode(), method + " " + path);
        assertEquals("application/problem+json", response.headers().firstValue("content-type").orElse(""));
        assertEquals(allow, response.headers().firstValue("allow").orElse(""));
        assertTrue(response.body().contains("\"status\":" + status), response.body());
    }

    @Test
    void eachTaskHasItsAnswer() throws Exception {
        assertAnswers("POST", "/calculate?x=1", "{\"n\":1000}", "application/json", "{\"n\":1000,\"prime\":7919,\"duration\":\"");
        assertAnswers("GET", "/plaintext", "", "text/plain", "Hello, World!");
        assertAnswers("GET", "/json/7", "", "application/json", "{\"id\":7,\"name\":\"item-7\",");
        assertAnswers("POST", "/json", "{\"order\":5,\"items\":[],\"comment\":\"\"}", "application/json", "{\"order\":5,\"count\":0,");
        assertAnswers("GET", "/health", "", "application/json", "{\"status\":\"ok\"}");
    }

    @Test
    void whatIsNotServedIsAProblem() throws Exception {
        assertRefuses(404, "GET", "/", "", "", "");
        assertRefuses(404, "GET", "/json/0", "", "", "");
        assertRefuses(404, "POST", "/calculate/", "application/json", "{\"n\":1}", "");
        assertRefuses(405, "GET", "/calculate", "", "", "POST");
        assertRefuses(405, "DELETE", "/json/1", "", "", "GET, HEAD");
        assertRefuses(415, "POST", "/calculate", "text/plain", "{\"n\":1}", "");
        assertRefuses(415, "POST", "/json", "", "{}", "");
        assertRefuses(413, "POST", "/calculate", "application/json", " ".repeat(4_097), "");
        assertRefuses(413, "POST", "/json", "application/json", " ".repeat(65_537), "");
        assertRefuses(400, "POST", "/calculate", "application/json", "{", "");
        assertRefuses(422, "POST", "/calculate", "application/json", "{\"n\":1001}", "");
        assertRefuses(422, "POST", "/json", "application/json", "{}", "");
    }
}
