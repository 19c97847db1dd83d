package primebench.vertx;

/** The command line; {@code threads} are event loops. */
record Settings(String host, int port, int threads, int maxN) {
    static final String PROGRAM = "primebench-vertx";
    static final String USAGE = "usage: " + PROGRAM + " [--host ADDRESS] [--port PORT] [--threads N] [--max-n N]";

    /** What is wrong with the command line, in one line. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String reason) {
            super(reason.lines().findFirst().orElse(""));
        }
    }

    /** What the flags say; null where help is asked for. Of a flag that is given twice the last counts. */
    static Settings from(String... arguments) throws Refused {
        String host = "127.0.0.1";
        int port = 8080;
        int threads = Math.min(Runtime.getRuntime().availableProcessors(), 1_024);
        int maxN = 100_000;
        for (int i = 0; i < arguments.length; i += 2) {
            String flag = arguments[i];
            if (flag.equals("--help")) {
                return null;
            }
            String value = i + 1 < arguments.length ? arguments[i + 1] : "";
            switch (flag) {
                case "--host" -> host = address(value);
                case "--port" -> port = number(flag, value, 0, 65_535);
                case "--threads" -> threads = number(flag, value, 1, 1_024);
                case "--max-n" -> maxN = number(flag, value, 1, 10_000_000);
                default -> throw new Refused("expected one of --host, --port, --threads, --max-n, not " + flag);
            }
        }
        return new Settings(host, port, threads, maxN);
    }

    /** An address in numbers: InetAddress would ask a name server for a name. */
    private static String address(String text) throws Refused {
        if (!text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}") && !text.matches("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
            throw new Refused("--host: expected an IP address");
        }
        return text;
    }

    private static int number(String flag, String text, int least, int most) throws Refused {
        boolean inDigits = text.matches("[0-9]{1,8}");
        int number = inDigits ? Integer.parseInt(text) : -1;
        if (number < least || number > most) {
            throw new Refused(flag + ": expected a number from " + least + " to " + most);
        }
        return number;
    }
}
