package primebench.vertx;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The command: a verticle for each thread; Vert.x shares one port among them. */
final class Main {
    private static final int EXIT_ERROR = 1;
    private static final int EXIT_USAGE = 2;

    /** Leaves time to exit within 5 s of the signal. */
    private static final int DRAIN_LIMIT_SECONDS = 4;

    /** Vert.x warns of a handler that blocks its event loop; a calculation does so, as with the other peers. */
    private static final int CALCULATION_SECONDS = 600;

    private Main() {}

    public static void main(String[] arguments) {
        Settings settings = null;
        try {
            settings = Settings.from(arguments);
        } catch (Settings.Refused refused) {
            end(EXIT_USAGE, refused.getMessage() + " (see --help)");
        }
        if (settings == null) {
            System.out.println(Settings.USAGE);
            return;
        }
        serve(settings);
    }

    private static void serve(Settings settings) {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(settings.threads())
                .setMaxEventLoopExecuteTime(CALCULATION_SECONDS)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.SECONDS));
        Server.Shared shared = new Server.Shared();
        vertx.deployVerticle(() -> new Server(settings, shared), new DeploymentOptions().setInstances(settings.threads()))
                .onSuccess(id -> {
                    Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(vertx, shared)));
                    announce(settings, shared.port());
                })
                .onFailure(error -> end(
                        EXIT_ERROR, "cannot listen on " + settings.host() + " port " + settings.port() + ": " + error.getMessage()));
    }

    private static void announce(Settings settings, int port) {
        String host = settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host();
        System.out.printf(
                "%s listening on http://%s:%d threads=%d max_n=%d java=%s%n",
                Settings.PROGRAM, host, port, settings.threads(), settings.maxN(), Runtime.version().feature());
    }

    /** Answers what is in flight, then ends the virtual machine with 0: by itself it would end with 143 after SIGTERM. */
    private static void drain(Vertx vertx, Server.Shared shared) {
        try {
            shared.drain(DRAIN_LIMIT_SECONDS, TimeUnit.SECONDS).toCompletionStage().toCompletableFuture().get(DRAIN_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException error) {
            // A request that outlasts the limit ends with the process.
        }
        Runtime.getRuntime().halt(0);
    }

    private static void end(int code, String message) {
        System.err.println(Settings.PROGRAM + ": " + message.lines().findFirst().orElse(""));
        Runtime.getRuntime().halt(code); // its hooks would wait for threads of Vert.x
    }
}
