package primebench.vertx;

import java.math.BigDecimal;

/** The work of the task prime, at the tier {@code reference}. */
final class Prime {
    private Prime() {}

    /**
     * The n-th prime, counted from 1, by trial division: every candidate from 2 up is divided by 2, 3, 4, ... up to its integer square
     * root, one at a time, until one divides. 32 bits hold the largest that a service may be asked for.
     */
    static int nth(int n) {
        int candidate = 1;
        for (int found = 0; found < n; ) {
            candidate++;
            if (isPrime(candidate)) {
                found++;
            }
        }
        return candidate;
    }

    private static boolean isPrime(int candidate) {
        int root = (int) Math.sqrt(candidate); // exact: a double holds every int
        for (int divisor = 2; divisor <= root; divisor++) {
            if (candidate % divisor == 0) {
                return false;
            }
        }
        return true;
    }

    /** A duration as Go prints a time.Duration: {@code 0s}, {@code 417ns}, {@code 1.5µs}, {@code 4.812345ms}, {@code 1.204s}. */
    static String duration(long nanoseconds) {
        if (nanoseconds == 0) {
            return "0s";
        }
        if (nanoseconds < 1_000) {
            return nanoseconds + "ns";
        }
        if (nanoseconds < 1_000_000) {
            return decimal(nanoseconds, 3) + "µs";
        }
        return nanoseconds < 1_000_000_000 ? decimal(nanoseconds, 6) + "ms" : decimal(nanoseconds, 9) + "s";
    }

    private static String decimal(long value, int digits) {
        return BigDecimal.valueOf(value, digits).stripTrailingZeros().toPlainString();
    }
}
