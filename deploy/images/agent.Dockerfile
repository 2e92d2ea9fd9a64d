# The agent, from a checkout in which `mvn -DskipTests package -pl client-agent -am` ran; the context is the project's root:
#   docker build -f deploy/images/agent.Dockerfile -t fingerpost-agent:0.1.0 .
FROM eclipse-temurin:25-jre

# As in broker.Dockerfile: a number for Kubernetes, a name for people.
RUN groupadd --gid 10001 fingerpost \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin fingerpost \
    && install --directory --owner=10001 --group=10001 --mode=0700 /data

COPY client-agent/target/lib/ /opt/fingerpost/lib/
COPY client-agent/target/fingerpost-agent.jar /opt/fingerpost/

USER 10001:10001
VOLUME /data
# Peers come in here. The gateway is for programs that share the agent's loopback, so it is not named.
EXPOSE 7400

# See broker.Dockerfile for each of these. Without --data, `status` and `get` in this container need --data /data/agent.
ENTRYPOINT ["java", "-XX:+UseCompactObjectHeaders", "--sun-misc-unsafe-memory-access=allow", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", \
    "-jar", "/opt/fingerpost/fingerpost-agent.jar", "run", "--data", "/data/agent"]
