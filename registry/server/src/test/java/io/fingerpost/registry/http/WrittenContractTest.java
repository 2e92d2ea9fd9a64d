package io.fingerpost.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.api.ApiPaths;
import io.fingerpost.contract.api.OpenApiPage;
import io.fingerpost.contract.api.WireJson;
import io.fingerpost.registry.RegistryFixture;
import io.fingerpost.testing.OpenApi;
import io.fingerpost.testing.TestPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The page that the registry serves is what it does. The kinds of problems are looked up wherever one is met. */
class WrittenContractTest {
    private final ApiServer server = new ApiServer();
    private final OpenApi page = OpenApi.read();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theRegistryServesIt() throws Exception {
        var response = server.get(ApiPaths.EMBEDDED + ApiPaths.openApi());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue(OpenApiPage.MEDIA_TYPE);
        assertThat(WireJson.strict().readTree(response.body()).get("openapi").stringValue()).startsWith("3.1.");
    }

    @Test
    void itHasEveryRouteAndNoOther() {
        assertThat(page.operations().map(OpenApi.Operation::route))
                .containsExactlyInAnyOrderElementsOf(server.routes());
    }

    @Test
    void itTellsWhichOperationsWantTheLeasesSecret() throws Exception {
        for (OpenApi.Operation operation : page.operations().toList()) {
            String path = operation.path().replace("{id}", new TestPeer().id().value())
                    .replace("{digest}", RegistryFixture.digest(1).base64Url());
            String answer = server.raw(operation.method() + " " + path
                    + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

            assertThat(answer.startsWith("HTTP/1.1 401 ") && answer.contains("secret-missing")).as(operation.route())
                    .isEqualTo(operation.security().equals("leaseSecret"));
        }
    }

    @Test
    void whatIsSentHasTheTypeThatIsWritten() throws Exception {
        for (OpenApi.Operation operation : page.operations().toList()) {
            JsonNode body = operation.node().path("requestBody").path("content");
            if (body.isEmpty()) {
                continue;
            }
            String path = operation.path().replace("{id}", new TestPeer().id().value());
            for (String type : body.propertyNames()) {
                assertThat(send(operation.method(), path, type)).as(type).doesNotContain("wrong-type");
            }
            assertThat(send(operation.method(), path, "text/x-other")).contains("wrong-type");
        }
    }

    private String send(String method, String path, String type) throws Exception {
        return server.raw(method + " " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nContent-Type: "
                + type + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
}
