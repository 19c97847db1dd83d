package primebench.vertx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DocumentsTest {
    private static final int MAX_N = 100_000;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void assertCalculateRefuses(int status, String... bodies) {
        for (String body : bodies) {
            assertEquals(status, assertThrows(Problem.class, () -> Documents.calculate(bytes(body), MAX_N), body).status, body);
        }
    }

    private static void assertOrderRefuses(int status, String... bodies) {
        for (String body : bodies) {
            assertEquals(status, assertThrows(Problem.class, () -> Documents.order(bytes(body)), body).status, body);
        }
    }

    @Test
    void primesAreCountedFromOne() {
        assertEquals(List.of(2, 3, 29, 7_919), List.of(Prime.nth(1), Prime.nth(2), Prime.nth(10), Prime.nth(1_000)));
    }

    @Test
    void durationsAreAsGoPrintsThem() {
        assertEquals(
                List.of("0s", "417ns", "1.5µs", "10ms", "4.812345ms", "1.204s"),
                List.of(0L, 417L, 1_500L, 10_000_000L, 4_812_345L, 1_204_000_000L).stream().map(Prime::duration).toList());
    }

    @Test
    void nIsAnIntegerInRange() throws Problem {
        String deep = "{\"n\":10,\"x\":" + "[".repeat(2_000) + "]".repeat(2_000) + "}";
        for (String body : List.of("{\"n\":10}", " {\"\\u006e\" : 10, \"x\": 1e999999, \"N\": 5} ", deep)) {
            assertEquals(29, Documents.calculate(bytes(body), MAX_N).prime(), body);
        }
        assertCalculateRefuses(422, "{}", "{\"N\":10}", "{\"n\":null}", "{\"n\":\"10\"}", "{\"n\":0}", "{\"n\":-0}", "{\"n\":1.0}", "{\"n\":1e1}");
        assertCalculateRefuses(422, "{\"n\":100001}", "{\"n\":4294967306}", "{\"n\":" + "9".repeat(4_000) + "}");
    }

    @Test
    void whatIsNoJsonObjectIs400() {
        assertCalculateRefuses(400, "", "{", "[10]", "null", "{\"n\":10,}", "{\"n\":010}", "{\"n\":10} x", "{\"n\":10}\0", "{\"n\":NaN}");
        byte[] body = bytes("{\"n\":10,\"x\":\"?\"}");
        body[13] = (byte) 0xff;
        assertEquals(400, assertThrows(Problem.class, () -> Documents.calculate(body, MAX_N)).status);
    }

    @Test
    void itemsAreThoseOfTheTask() throws Problem {
        String expected = "{\"id\":7,\"name\":\"item-7\",\"active\":false,\"score\":1.75,\"quantity\":7,\"price_cents\":175,\"currency\":\"EUR\","
                + "\"category\":\"category-7\",\"sku\":\"SKU-00000007\",\"tags\":[\"t0\",\"t7\",\"t7\"],"
                + "\"dimensions\":{\"width\":7,\"height\":7,\"depth\":7},\"weight_g\":8,\"rating\":3.5,\"reviews\":7,\"in_stock\":true,"
                + "\"supplier\":\"supplier-2\",\"description\":\"Item 7: \\\"quoted\\\", a back\\\\slash and a line\\nbreak\","
                + "\"note\":\"Zürich №7\",\"created\":1700000007,\"next\":\"/json/8\"}";
        assertEquals(expected, new String(Documents.encode(Documents.item("7")), StandardCharsets.UTF_8));
        Documents.Item last = Documents.item("1000000");
        assertEquals(List.of("/json/1", "SKU-01000000", 250_000.0), List.of(last.next(), last.sku(), last.score()));
        assertNull(last.supplier());
        for (String text : List.of("", "0", "-1", "+1", "1000001", "18446744073709551617", "x", "1x", "1.0", " 1", "١")) {
            assertEquals(404, assertThrows(Problem.class, () -> Documents.item(text), text).status);
        }
    }

    @Test
    void anOrderIsAddedUp() throws Problem {
        String body = "{\"order\":5,\"comment\":\"\",\"items\":[{\"name\":\"ab\",\"value\":4294967296,\"tags\":[\"x\",\"y\"]},"
                + "{\"name\":\"№\",\"value\":-1,\"tags\":[]},{\"name\":\"abc\",\"value\":3,\"tags\":[\"z\"],\"more\":1}]}";
        assertEquals(new Documents.Totals(5, 3, 4_294_967_298L, "№", 3), Documents.order(bytes(body)));
        assertEquals(new Documents.Totals(7, 0, 0, "", 0), Documents.order(bytes("{\"order\":7,\"items\":[],\"comment\":\"\"}")));
    }

    @Test
    void whatIsNoOrderIsRefused() {
        assertOrderRefuses(400, "", "{", "{\"order\":1,}", "{\"order\":\"x\",}", "{\"order\":1} x");
        assertOrderRefuses(422, "null", "[1,2,3]", "7", "{}", "{\"order\":\"1\",\"items\":[],\"comment\":\"\"}", "{\"order\":1,\"items\":[]}");
        assertOrderRefuses(422, "{\"order\":1.5,\"items\":[],\"comment\":\"\"}", "{\"order\":1,\"items\":{},\"comment\":\"\"}");
        assertOrderRefuses(422, "{\"order\":1,\"items\":[],\"comment\":2}", "{\"order\":1,\"items\":[null],\"comment\":\"\"}");
        String item = "{\"order\":1,\"items\":[{\"name\":%s,\"value\":1,\"tags\":%s}],\"comment\":\"\"}";
        assertOrderRefuses(422, item.formatted("1", "[]"), item.formatted("null", "[]"), item.formatted("\"a\"", "[null]"));
        assertOrderRefuses(422, item.formatted("\"a\"", "[1]"), item.formatted("\"a\"", "null"));
    }

    @Test
    void flagsAreReadAndRefusedInOneLine() throws Settings.Refused {
        assertEquals(
                new Settings("::1", 0, 2, 10),
                Settings.from("--host", "::1", "--port", "0", "--threads", "8", "--threads", "2", "--max-n", "10"));
        assertNull(Settings.from("--help"));
        for (List<String> flags : List.of(
                List.of("--bogus\nx"), List.of("x"), List.of("--port"), List.of("--port", "65536"), List.of("--threads", "0"),
                List.of("--max-n", "1e3"), List.of("--host", "localhost"))) {
            String reason = assertThrows(Settings.Refused.class, () -> Settings.from(flags.toArray(String[]::new))).getMessage();
            assertEquals(1, reason.lines().count(), reason);
        }
    }
}
