package primebench.vertx;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What is read from bodies and what is answered, with Jackson. Its mapper is safe for threads and costly to make: there is one. */
final class Documents {
    static final int CALCULATE_LIMIT = 4_096;
    static final int ORDER_LIMIT = 65_536;

    private static final int LAST_ID = 1_000_000;

    private static final ObjectMapper MAPPER = mapper();
    private static final ObjectReader ORDERS = MAPPER.readerFor(Order.class);

    private Documents() {}

    private static ObjectMapper mapper() {
        // A body is bounded: what may stand in it nests no deeper, and has no longer numbers.
        StreamReadConstraints constraints =
                StreamReadConstraints.builder().maxNestingDepth(ORDER_LIMIT).maxNumberLength(CALCULATE_LIMIT).build();
        ObjectMapper mapper = JsonMapper.builder(JsonFactory.builder().streamReadConstraints(constraints)
                        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION).build())
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .build();
        for (CoercionInputShape shape : List.of(CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean)) {
            mapper.coercionConfigFor(LogicalType.Textual).setCoercion(shape, CoercionAction.Fail);
        }
        return mapper;
    }

    /** A value as JSON. */
    static byte[] encode(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException error) {
            throw new UncheckedIOException(error); // no record of this class
        }
    }

    record Answer(int n, int prime, String duration) {}

    /** The answer to the body of POST /calculate, for n from 1 to maxN. */
    static Answer calculate(byte[] body, int maxN) throws Problem {
        JsonNode asked = tree(text(body));
        if (!asked.isObject()) {
            throw new Problem(400, "the body is not a JSON object");
        }
        // Without a fraction and an exponent: with one of them it is a number of another kind here.
        JsonNode n = asked.path("n");
        if (!n.isIntegralNumber() || !n.canConvertToInt() || n.intValue() < 1 || n.intValue() > maxN) {
            throw new Problem(422, "n is not an integer, written in digits alone, from 1 to the largest that is answered");
        }
        long start = System.nanoTime();
        int prime = Prime.nth(n.intValue());
        return new Answer(n.intValue(), prime, Prime.duration(System.nanoTime() - start));
    }

    record Dimensions(int width, int height, int depth) {}

    record Item(
            int id,
            String name,
            boolean active,
            double score,
            int quantity,
            int priceCents,
            String currency,
            String category,
            String sku,
            List<String> tags,
            Dimensions dimensions,
            int weightG,
            double rating,
            int reviews,
            boolean inStock,
            String supplier,
            String description,
            String note,
            int created,
            String next) {}

    /** The document of GET /json/{id}. */
    static Item item(String digits) throws Problem {
        int id = id(digits);
        return new Item(
                id,
                "item-" + id,
                id % 2 == 0,
                id / 4.0,
                id % 1_000,
                id * 25 % 100_000,
                "EUR",
                "category-" + id % 16,
                "SKU-" + padded(id),
                List.of("t" + id % 7, "t" + id % 11, "t" + id % 13),
                new Dimensions(id % 101, id % 103, id % 107),
                id % 5_000 + 1,
                id % 11 / 2.0,
                id % 977,
                id % 3 != 0,
                id % 5 == 0 ? null : "supplier-" + id % 5,
                "Item " + id + ": \"quoted\", a back\\slash and a line\nbreak",
                "Zürich №" + id,
                1_700_000_000 + id,
                "/json/" + (id % LAST_ID + 1));
    }

    private static int id(String digits) throws Problem {
        boolean inDigits = !digits.isEmpty() && digits.length() <= 7 && digits.chars().allMatch(c -> '0' <= c && c <= '9');
        int id = inDigits ? Integer.parseInt(digits) : 0;
        if (id < 1 || id > LAST_ID) {
            throw new Problem(404, "items have ids from 1 to 1000000");
        }
        return id;
    }

    /** In eight digits; String.format would take longer than all else of an item. */
    private static String padded(int id) {
        String digits = Integer.toString(id);
        return "0".repeat(8 - digits.length()) + digits;
    }

    record OrderItem(String name, Long value, List<String> tags) {
        boolean isWhole() {
            return name != null && value != null && tags != null && !tags.contains(null);
        }
    }

    record Order(Long order, List<OrderItem> items, String comment) {
        boolean isWhole() {
            return order != null && items != null && comment != null && items.stream().allMatch(item -> item != null && item.isWhole());
        }
    }

    record Totals(long order, int count, long sum, String longest, int tags) {}

    /** The answer to the body of POST /json. */
    static Totals order(byte[] body) throws Problem {
        Order asked = parsed(text(body));
        if (asked == null || !asked.isWhole()) {
            throw notAnOrder();
        }
        long sum = 0;
        int tags = 0;
        String longest = "";
        int longestBytes = 0;
        for (OrderItem item : asked.items()) {
            sum += item.value();
            tags += item.tags().size();
            int bytes = item.name().getBytes(StandardCharsets.UTF_8).length;
            if (bytes > longestBytes) {
                longest = item.name();
                longestBytes = bytes;
            }
        }
        return new Totals(asked.order(), asked.items().size(), sum, longest, tags);
    }

    private static Order parsed(String text) throws Problem {
        try {
            return ORDERS.readValue(text);
        } catch (MismatchedInputException mismatch) {
            tree(text); // what follows the mismatch may not be JSON
            throw notAnOrder();
        } catch (JsonProcessingException error) {
            throw notJson();
        }
    }

    private static JsonNode tree(String text) throws Problem {
        try {
            JsonNode tree = MAPPER.readTree(text);
            if (!tree.isMissingNode()) {
                return tree;
            }
        } catch (JsonProcessingException error) {
            // said below
        }
        throw notJson();
    }

    /** RFC 8259, section 8.1: JSON is UTF-8. Jackson does not look at every byte of it. */
    private static String text(byte[] body) throws Problem {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException error) {
            throw notJson();
        }
    }

    private static Problem notJson() {
        return new Problem(400, "the body is not JSON");
    }

    private static Problem notAnOrder() {
        return new Problem(422, "the body is not an order with its items and a comment");
    }
}
