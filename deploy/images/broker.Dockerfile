# The broker, from a checkout in which `mvn -DskipTests package -pl broker -am` ran; the context is the project's root:
#   docker build -f deploy/images/broker.Dockerfile -t fingerpost-broker:0.1.0 .
FROM eclipse-temurin:25-jre

# The user has a number, by which Kubernetes sees that it is not root, and a name for whoever lists processes.
RUN groupadd --gid 10001 fingerpost \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin fingerpost \
    && install --directory --owner=10001 --group=10001 --mode=0700 /data

# Libraries change less often than the program: two layers.
COPY broker/target/lib/ /opt/fingerpost/lib/
COPY broker/target/fingerpost-broker.jar /opt/fingerpost/

USER 10001:10001
VOLUME /data
EXPOSE 8080 9090

# Java by itself takes a quarter of the memory, less than the broker's tables may fill; out of memory it starts afresh.
# The admin listener's loopback would be the container's own. A folder below the volume, because the root of a Kubernetes
# volume belongs to root, and the program wants a data directory of its own.
# Arguments of `docker run` follow these; --set overrides one of them, for example --set admin.listen=127.0.0.1:9090.
ENTRYPOINT ["java", "-XX:+UseCompactObjectHeaders", "--sun-misc-unsafe-memory-access=allow", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", \
    "-jar", "/opt/fingerpost/fingerpost-broker.jar", "--admin", "0.0.0.0:9090", "--data", "/data/broker"]
