package primebench.vertx;

import io.netty.handler.codec.http.HttpResponseStatus;

/** What was wrong with a request (RFC 9457). Details are fixed texts, so that no byte of the request is sent back. */
final class Problem extends Exception {
    private static final long serialVersionUID = 1;

    static final String MEDIA_TYPE = "application/problem+json";

    final int status;

    Problem(int status, String detail) {
        super(detail, null, false, false); // a refusal is no fault: no stack trace is taken
        this.status = status;
    }

    /** The body of the answer. */
    Body body() {
        return new Body(HttpResponseStatus.valueOf(status).reasonPhrase(), status, getMessage());
    }

    record Body(String title, int status, String detail) {}
}
