package io.fingerpost.k8s;

import io.fingerpost.agent.Agent;
import io.fingerpost.agent.AgentConfig;
import io.fingerpost.broker.Broker;
import io.fingerpost.broker.BrokerConfig;
import io.fingerpost.broker.BrokerMain;
import io.fingerpost.contract.config.ConfigLoader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A broker, and an agent that is registered with it, on free ports of this machine, to be asked what probes ask. */
final class LiveSystem implements AutoCloseable {
    private final Broker broker;
    private final Agent agent;

    LiveSystem(Path folder) throws IOException, InterruptedException {
        this.broker = new Broker(() -> new ConfigLoader(BrokerMain.class, "broker-defaults.yaml", Map.of())
                .set("data", folder.resolve("broker").toString(), "test")
                .set("edge.listen", "127.0.0.1:0", "test")
                .set("admin.listen", "127.0.0.1:0", "test")
                .set("origin.url", "http://127.0.0.1:9", "test")
                .set("registry.allow-peers", "127.0.0.0/8", "test")
                .bind(BrokerConfig.class), InstantSource.system());
        broker.start();

        var registered = new CountDownLatch(1);
        this.agent = new Agent(new ConfigLoader(Agent.class, "agent-defaults.yaml", Map.of())
                .set("data", folder.resolve("agent").toString(), "test")
                .set("broker", "http://" + broker.edge().plainAddress().orElseThrow(), "test")
                .set("listen", "127.0.0.1:0", "test")
                .set("gateway", "127.0.0.1:0", "test")
                .bind(AgentConfig.class), InstantSource.system(), _ -> registered.countDown());
        if (!registered.await(20, TimeUnit.SECONDS)) {
            throw new IllegalStateException("not registered: " + agent.status().trouble());
        }
    }

    URI admin() {
        return URI.create("http://" + broker.adminAddress());
    }

    URI gateway() {
        return URI.create(agent.gatewayUrl());
    }

    @Override
    public void close() {
        agent.close();
        broker.close();
    }
}
