package primebench.vertx;

import io.netty.handler.codec.TooLongFrameException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** One event loop's server: which path and method lead where. */
final class Server extends VerticleBase {
    private static final int HEADER_LIMIT = 8_192;

    /** Without a byte in either direction. Vert.x has no limit to the time of a header section; 10 s is what a slow client may take. */
    private static final int IDLE_LIMIT_SECONDS = 9;

    private static final int BODY_LIMIT_MS = 8_000;

    /** How long a connection stays open behind an answer that closes it, so that the client can read that before a reset. */
    private static final int LINGER_MS = 1_000;

    private static final CharSequence APPLICATION_JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence PROBLEM_JSON = HttpHeaders.createOptimized(Problem.MEDIA_TYPE);
    private static final CharSequence TEXT_PLAIN = HttpHeaders.createOptimized("text/plain");
    private static final CharSequence ALLOW_GET = HttpHeaders.createOptimized("GET, HEAD");
    private static final CharSequence ALLOW_POST = HttpHeaders.createOptimized("POST");
    private static final Buffer HELLO = Buffer.buffer("Hello, World!");
    private static final String ITEMS = "/json/";

    private final Settings settings;
    private final Shared shared;
    private CharSequence date;

    Server(Settings settings, Shared shared) {
        this.settings = settings;
        this.shared = shared;
    }

    /** The servers of all event loops. */
    static final class Shared {
        private final List<HttpServer> servers = new CopyOnWriteArrayList<>();

        int port() {
            return servers.get(0).actualPort();
        }

        Future<Void> drain(long limit, TimeUnit unit) {
            return Future.join(servers.stream().map(server -> server.shutdown(limit, unit)).toList()).mapEmpty();
        }
    }

    @Override
    public Future<?> start() {
        updateDate();
        vertx.setPeriodic(1_000, id -> updateDate());
        HttpServerOptions options = new HttpServerOptions()
                .setTcpNoDelay(true)
                .setIdleTimeout(IDLE_LIMIT_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setHandle100ContinueAutomatically(true)
                .setMaxInitialLineLength(HEADER_LIMIT)
                .setMaxHeaderSize(HEADER_LIMIT);
        HttpServer server = vertx.createHttpServer(options)
                .requestHandler(this::route)
                .invalidRequestHandler(this::refuseMalformed)
                .exceptionHandler(error -> {}); // a client's, which would be a line
        return server.listen(settings.port(), settings.host()).onSuccess(shared.servers::add);
    }

    /** Vert.x sends no Date by itself. */
    private void updateDate() {
        date = HttpHeaders.createOptimized(DateTimeFormatter.RFC_1123_DATE_TIME.format(Instant.now().atOffset(ZoneOffset.UTC)));
    }

    private void route(HttpServerRequest request) {
        String path = String.valueOf(request.path());
        switch (path) {
            case "/calculate" -> forPost(
                    request, Documents.CALCULATE_LIMIT, body -> Documents.calculate(body, settings.maxN()));
            case "/plaintext" -> forGet(request, () -> answer(request, 200, TEXT_PLAIN, HELLO));
            case "/json" -> forPost(request, Documents.ORDER_LIMIT, Documents::order);
            case "/health" -> forGet(request, () -> answerJson(request, new Health("ok")));
            default -> {
                if (path.startsWith(ITEMS)) {
                    buildItem(request, path.substring(ITEMS.length()));
                } else {
                    refuse(request, new Problem(404, "there is nothing at this path"));
                }
            }
        }
    }

    record Health(String status) {}

    private void buildItem(HttpServerRequest request, String id) {
        try {
            Documents.Item item = Documents.item(id);
            forGet(request, () -> answerJson(request, item));
        } catch (Problem problem) {
            refuse(request, problem);
        }
    }

    private void forGet(HttpServerRequest request, Runnable serve) {
        if (request.method() == HttpMethod.GET || request.method() == HttpMethod.HEAD) {
            serve.run();
        } else {
            refuseMethod(request, ALLOW_GET);
        }
    }

    /** What is answered to a body. */
    private interface Work {
        Object of(byte[] body) throws Problem;
    }

    private void forPost(HttpServerRequest request, int limit, Work work) {
        if (request.method() != HttpMethod.POST) {
            refuseMethod(request, ALLOW_POST);
            return;
        }
        if (!isJson(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
            refuse(request, new Problem(415, "the content type is not application/json"));
            return;
        }
        if (announcedLength(request) > limit) {
            refuseAndClose(request, tooLarge()); // the body is not waited for
            return;
        }
        new BodyReader(request, limit, work).start();
    }

    /** Gathers a body in parts; ends once, with an answer or a refusal. */
    private final class BodyReader {
        private final HttpServerRequest request;
        private final int limit;
        private final Work work;
        private final long timer;
        private Buffer body = Buffer.buffer();
        private boolean ended;

        BodyReader(HttpServerRequest request, int limit, Work work) {
            this.request = request;
            this.limit = limit;
            this.work = work;
            timer = vertx.setTimer(BODY_LIMIT_MS, id -> refuseOnce(new Problem(408, "the body was not complete in time")));
        }

        void start() {
            request.handler(this::add);
            request.endHandler(end -> answer());
            request.exceptionHandler(error -> refuseOnce(new Problem(400, "the body is not well-formed HTTP, or it ended early")));
        }

        private void add(Buffer part) {
            if (ended) {
                return;
            }
            if (body.length() + part.length() > limit) {
                refuseOnce(tooLarge());
            } else if (body.length() == 0) {
                body = part;
            } else {
                body = Buffer.buffer(body.length() + part.length()).appendBuffer(body).appendBuffer(part);
            }
        }

        private void answer() {
            if (!end()) {
                return;
            }
            try {
                answerJson(request, work.of(body.getBytes()));
            } catch (Problem problem) {
                refuse(request, problem);
            }
        }

        private void refuseOnce(Problem problem) {
            if (end()) {
                refuseAndClose(request, problem);
            }
        }

        private boolean end() {
            boolean first = !ended;
            ended = true;
            vertx.cancelTimer(timer);
            return first;
        }
    }

    private static long announcedLength(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length.strip());
        } catch (NumberFormatException error) {
            return Long.MAX_VALUE; // netty has refused what is no number
        }
    }

    private static boolean isJson(String contentType) {
        return contentType != null && contentType.split(";", 2)[0].strip().equalsIgnoreCase("application/json");
    }

    private static Problem tooLarge() {
        return new Problem(413, "the body is longer than this service reads");
    }

    private void answerJson(HttpServerRequest request, Object value) {
        answer(request, 200, APPLICATION_JSON, Buffer.buffer(Documents.encode(value)));
    }

    /** Vert.x sends no content to HEAD. */
    private Future<Void> answer(HttpServerRequest request, int status, CharSequence type, Buffer body) {
        HttpServerResponse response = request.response().setStatusCode(status);
        response.headers().set(HttpHeaders.CONTENT_TYPE, type).set(HttpHeaders.DATE, date);
        return response.end(body);
    }

    private void refuse(HttpServerRequest request, Problem problem) {
        answer(request, problem.status, PROBLEM_JSON, Buffer.buffer(Documents.encode(problem.body())));
    }

    private void refuseMethod(HttpServerRequest request, CharSequence allow) {
        request.response().putHeader(HttpHeaders.ALLOW, allow);
        refuse(request, new Problem(405, "the Allow field names the methods of this path"));
    }

    private void refuseAndClose(HttpServerRequest request, Problem problem) {
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        refuse(request, problem);
        vertx.setTimer(LINGER_MS, id -> request.connection().close());
    }

    /** What netty cannot parse. */
    private void refuseMalformed(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        int status = cause instanceof TooLongFrameException ? 431 : 400;
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        Problem problem = new Problem(status, "the request is malformed or too large");
        answer(request, problem.status, PROBLEM_JSON, Buffer.buffer(Documents.encode(problem.body())))
                .onComplete(done -> request.connection().close()); // what follows is no request
    }
}
