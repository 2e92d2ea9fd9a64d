package io.fingerpost.contract.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.testing.OpenApi;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the page says of each record is what the record is, and the other way round. */
class OpenApiPageTest {
    private static final JsonMapper JSON = WireJson.strict();
    /** All that go over the wire as JSON objects; a new one is added here and to the page. */
    private static final Map<String, Class<?>> RECORDS = Stream
            .<Class<?>>of(Registration.class, UploadBudget.class, UploadReport.class, Heartbeat.class,
                    LeaseGrant.class, LeaseRenewal.class, LeaseTerms.class, Reachability.class, Discovery.class,
                    Representation.class, Problem.class, PlanRequest.class, Plan.class, Order.class, Orders.class,
                    OrdersRequest.class, OrdersRequest.Failed.class)
            .collect(Collectors.toMap(Class::getSimpleName, Function.identity()));
    private static final List<Class<?>> FROM_STRANGERS = List.of(Registration.class, UploadBudget.class,
            UploadReport.class, Heartbeat.class, PlanRequest.class, OrdersRequest.class, OrdersRequest.Failed.class);

    private final OpenApi page = OpenApi.read();

    static Stream<Class<?>> records() {
        return RECORDS.values().stream();
    }

    @Test
    void theObjectsOfThePageAreTheRecords() {
        assertThat(page.schemas().properties()).filteredOn(schema -> schema.getValue().has("properties"))
                .extracting(Map.Entry::getKey).containsExactlyInAnyOrderElementsOf(RECORDS.keySet());
    }

    @ParameterizedTest
    @MethodSource("records")
    void aRecordHasThePropertiesOfItsSchema(Class<?> type) {
        JsonNode schema = page.schemas().get(type.getSimpleName());
        List<String> components = Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList();

        assertThat(schema.get("properties").propertyNames()).containsExactlyElementsOf(components);
        assertThat(schema.get("required")).extracting(JsonNode::stringValue).containsExactlyElementsOf(components);
        assertThat(schema.path("additionalProperties").asBoolean(true))
                .isEqualTo(!FROM_STRANGERS.contains(type));
        for (RecordComponent component : type.getRecordComponents()) {
            JsonNode property = schema.get("properties").get(component.getName());
            assertThat(property.path("description").asString("")).as(component.toString()).isNotBlank();
            assertThat(types(page.resolved(property))).as(component.toString())
                    .isEqualTo(types(component));
            if (component.getType().isRecord() && RECORDS.containsValue(component.getType())) {
                assertThat(property.get("$ref").stringValue())
                        .isEqualTo("#/components/schemas/" + component.getType().getSimpleName());
            }
        }
    }

    private static String types(JsonNode schema) {
        JsonNode type = schema.get("type");
        String format = schema.path("format").asString("");
        boolean timed = format.equals("duration") || format.equals("date-time");
        return (type.isArray()
                ? type.valueStream().map(JsonNode::stringValue).collect(Collectors.joining(" or "))
                : type.stringValue()) + (timed ? " " + format : "");
    }

    private static String types(RecordComponent component) {
        if (component.getType() == Optional.class) {
            boolean number = component.getGenericType().getTypeName().contains("Long");
            return number ? "integer or null" : "string or null";
        }
        return component.getType() == List.class ? "array" : types(component.getType());
    }

    private static String types(Class<?> java) {
        if (java == int.class || java == long.class) {
            return "integer";
        }
        if (java == Duration.class || java == Instant.class) {
            return java == Duration.class ? "string duration" : "string date-time";
        }
        boolean object = RECORDS.containsValue(java) || java == ReplayedHeaders.class;
        return java == boolean.class ? "boolean" : object ? "object" : "string";
    }

    @Test
    void examplesAreOnesAndEachRecordThatIsSentHasOne() {
        var seen = page.contents().filter(content -> content.has("example")).map(content -> {
            String name = content.get("schema").get("$ref").stringValue().replaceAll(".*/", "");
            byte[] example = JSON.writeValueAsBytes(content.get("example"));
            Object value = WireJson.read(JSON, example, RECORDS.get(name));
            assertThat(JSON.readTree(JSON.writeValueAsBytes(value))).isEqualTo(content.get("example"));
            return name;
        }).toList();

        assertThat(seen).containsExactlyInAnyOrder("Discovery", "Registration", "LeaseGrant", "Heartbeat",
                "LeaseRenewal", "Representation", "PlanRequest", "Plan", "OrdersRequest", "Orders");
    }

    @Test
    void theExampleOfHoldingsIsWhatItSays() {
        JsonNode content = page.operation("POST", ApiPaths.EMBEDDED + "/peers/{id}/holdings").get("requestBody")
                .get("content").get(HoldingsUpdate.MEDIA_TYPE);
        byte[] example = HexFormat.of().parseHex(content.get("x-example-hex").stringValue());

        var update = HoldingsUpdate.parse(example);

        assertThat(update.drop()).hasSize(1);
        assertThat(update.hold()).hasSize(2);
        assertThat(update.hold().getFirst().pieces().isComplete()).isTrue();
        assertThat(update.hold().getLast().pieces().count()).isEqualTo(12);
        assertThat(update.hold().getLast().pieces().bytes()).containsExactly(3, 8);
        assertThat(update.bytes()).isEqualTo(example);
    }

    /** Each bound of the page is taken, and one more is not. */
    @Test
    void boundsAreThoseOfTheRecords() {
        int checked = 0;
        var registration = (ObjectNode) example(Registration.class);
        for (String part : List.of("budget", "uploads")) {
            var schema = page.resolved(page.schemas().get("Registration").get("properties").get(part));
            for (var property : schema.get("properties").properties()) {
                for (String bound : List.of("minimum", "maximum")) {
                    long last = property.getValue().get(bound).longValue();
                    assertTaken(with(registration, part, property.getKey(), last));
                    assertRefused(
                            with(registration, part, property.getKey(), bound.equals("minimum") ? last - 1 : last + 1));
                    checked++;
                }
            }
        }
        assertThat(checked).isEqualTo(12);
    }

    private JsonNode example(Class<?> type) {
        return page.contents().filter(content -> content.path("schema").path("$ref").asString("")
                .endsWith("/" + type.getSimpleName())).findFirst().orElseThrow().get("example");
    }

    private static ObjectNode with(ObjectNode registration, String part, String name, long value) {
        var changed = registration.deepCopy();
        ((ObjectNode) changed.get(part)).put(name, value);
        return changed;
    }

    private static void assertTaken(JsonNode registration) {
        assertThat(WireJson.read(JSON, JSON.writeValueAsBytes(registration), Registration.class)).isNotNull();
    }

    private static void assertRefused(JsonNode registration) {
        assertThatExceptionOfType(JacksonException.class).as(registration.toString())
                .isThrownBy(() -> WireJson.read(JSON, JSON.writeValueAsBytes(registration), Registration.class));
    }

    @Test
    void everyReferenceLeadsSomewhereAndEveryOperationHasItsOwnName() {
        assertThat(page.references()).isNotEmpty().allSatisfy(
                reference -> assertThat(page.at(reference).isMissingNode()).as(reference).isFalse());
        assertThat(page.operations().map(operation -> operation.node().get("operationId").stringValue()).toList())
                .doesNotHaveDuplicates();
    }
}
