# What the benches have in common; sourced by each after it set `bench` (its name) and `top` (the checkout).
# shellcheck shell=bash disable=SC2034,SC2154

fail() { echo "bench/$bench: $2" >&2; exit "$1"; }

# OPTION VALUE MAX: a number from 1 to MAX.
require_number() {
  [[ $2 =~ ^[1-9][0-9]{0,8}$ && $2 -le $3 ]] || fail 2 "$1 wants a number from 1 to $3, not '$2'"
}

require_tools() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || fail 2 "'$tool' is not installed, and this bench needs it"
  done
  [ "$(nproc)" -ge 2 ] || fail 2 "two cores are needed: one for what is measured, one for the load"
  ulimit -n 8192 2>/dev/null || fail 2 "8192 open files are needed: ulimit -n says $(ulimit -n)"
}

measured="taskset -c 0" load="taskset -c 1"
ticks=$(getconf CLK_TCK)

stop() {
  local pid
  for pid in $(jobs -pr); do kill "$pid" 2>/dev/null || true; done # what this shell started and still runs
  wait
  rm -rf "$work"
}

# Makes the working folder, and sees to it that nothing is left behind.
begin() {
  work=$(mktemp -d "${TMPDIR:-/tmp}/fingerpost-bench.XXXXXX")
  trap stop EXIT
  trap 'exit 1' INT TERM HUP
}

# A Java 25 to run benchmarks with that need no broker.
find_java() {
  local candidate
  for candidate in "${JAVA25_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*25*; do
    if [ -n "$candidate" ] && "$candidate/bin/java" -version 2>&1 | grep -q 'version "25'; then
      echo "$candidate/bin/java"
      return
    fi
  done
  fail 2 "no JDK 25 found: install one under /usr/lib/jvm, or set JAVA25_HOME to its folder"
}

# ---- processes -----------------------------------------------------------------------------------------------------------

is_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
  local port
  while port=$((20000 + RANDOM % 10000)); is_open "$port"; do :; done
  echo "$port"
}

wait_open() {
  local tries
  for tries in $(seq 100); do
    if is_open "$1"; then return; fi
    sleep 0.1
  done
  fail 1 "nothing listens on port $1; see above"
}

# All that the nginx have in common; the rest comes from standard input.
nginx_conf() {
  [ "$(id -u)" -ne 0 ] || echo "user root;" # the working folder is this user's alone
  cat <<END_OF_CONF
worker_processes 1;
daemon off;
pid $work/$1.pid;
error_log stderr error;
worker_rlimit_nofile 8192;
events { worker_connections 4096; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  client_body_temp_path $work/temp;
  proxy_temp_path $work/temp;
  fastcgi_temp_path $work/temp;
  uwsgi_temp_path $work/temp;
  scgi_temp_path $work/temp;
$(cat)
}
END_OF_CONF
}

start_nginx() { # NAME CPU-PREFIX PORT; sets worker
  $2 nginx -e stderr -c "$work/$1.conf" -p "$work" &
  wait_open "$3"
  worker=$(cat "/proc/$!/task/$!/children")
  worker=${worker%% *}
}

# ORIGIN-PORT ARGUMENT...: starts the broker on the measured core. Sets broker, edge_port, admin, java.
start_broker() {
  rm -f "$work/broker.out" "$work/broker.err" # of one before
  $measured "$top/deploy/bin/fingerpost-broker" --origin "http://127.0.0.1:$1" --listen 127.0.0.1:0 \
    --admin 127.0.0.1:0 --data "${data:-$work/data$RANDOM}" "${@:2}" >"$work/broker.out" 2>"$work/broker.err" &
  broker=$!
  local tries
  for tries in $(seq 600); do
    if grep -qs ^ready "$work/broker.out"; then break; fi
    kill -0 "$broker" 2>/dev/null || fail 1 "the broker did not start: $(head -n 1 "$work/broker.err")"
    sleep 0.2
  done
  edge_port=$(sed -n 's/^ready edge=[^ ]*:\([0-9]*\) .*/\1/p' "$work/broker.out")
  admin=$(sed -n 's/^ready .* admin=//p' "$work/broker.out")
  java=$(readlink "/proc/$broker/exe")
}

wait_ready() { # FILE PID
  local tries
  for tries in $(seq 2400); do
    if grep -qs ^ready "$1"; then return; fi
    kill -0 "$2" 2>/dev/null || break
    sleep 0.02
  done
  fail 1 "what should have written $1 did not start; see above"
}

# CPU-PREFIX ARGUMENT...: starts an agent with a new data directory. Sets agent and gateway.
start_agent() {
  rm -f "$work/agent.out"
  $1 "$top/deploy/bin/fingerpost-agent" run --listen 127.0.0.1:0 --gateway 127.0.0.1:0 --data "$work/agent$RANDOM" "${@:2}" \
    >"$work/agent.out" 2>"$work/agent.err" &
  agent=$!
  wait_ready "$work/agent.out" "$agent"
  gateway=$(sed -n 's/^ready .*gateway=\([^ ]*\) .*/\1/p' "$work/agent.out")
}

# ---- measuring -----------------------------------------------------------------------------------------------------------

# User and system time of a process with all its threads, in ticks.
cpu() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'; }

# How long the measured core has been busy, with whatever, or taken away by a hypervisor; in ticks.
core_busy() { awk '$1 == "cpu0" { print $2 + $3 + $4 + $7 + $8 + $9 }' /proc/stat; }

# Resident memory of a process in MiB.
rss() { awk '/^VmRSS/ { printf "%d", $2 / 1024 }' "/proc/$1/status"; }

# The sum of a metric's lines that match.
metric() { curl -s "$admin/metrics" | awk -v want="$1" '$0 ~ want { sum += $NF } END { printf "%d", sum }'; }

median() { sort -n | awk '{ v[NR] = $1 } END { printf "%.3f", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

value() { sed -n "s/.* $1=\([^ ]*\).*/\1/p" <<<"$2"; } # KEY LINE

per() { awk -v a="$1" -v b="$2" -v digits="${3:-1}" 'BEGIN { printf "%.*f", digits, a / b }'; }

heap() { # PID: bytes of the objects that are live; what came since a collection would count in any other figure
  "${java%/*}/jcmd" "$1" GC.class_histogram | awk '$1 == "Total" { print $3 }'
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

# ---- all the peers of a registry: RegistryLoad.java ----------------------------------------------------------------------

# REGISTRY-PORT PEER-PORT RESOURCES PEERS HOLDERS BUDGET: starts them, on the load's core. Sets loader.
start_load() {
  coproc LOADER { exec $load "$java" --sun-misc-unsafe-memory-access=allow -Xmx3g -cp "$top/broker/target/lib/*" \
    "$here/RegistryLoad.java" "$@"; }
  loader=$LOADER_PID
  exec {to_loader}>&"${LOADER[1]}" {from_loader}<&"${LOADER[0]}"
  await_load
}

await_load() { # sets answer
  until read -r -t 1 answer <&"$from_loader"; do
    kill -0 "$loader" 2>/dev/null || fail 1 "what loads the registry failed; see above"
  done
}

ask() { echo "$*" >&"$to_loader"; await_load; }

cpu_since() { per $(($(cpu "$1") - $2)) "$ticks" 3; } # PID TICKS: seconds

# PID COMMAND...: sets cpu_s of that process, took and count.
measured_ask() {
  local before
  before=$(cpu "$1")
  ask "${@:2}"
  cpu_s=$(cpu_since "$1" "$before")
  took=$(value seconds "$answer") count=$(value "$2" "$answer")
}

# PID PORT SECONDS: heartbeats of all, as `ask write "$work/heartbeats"` wrote them. Sets cpu_s of that process, count, took.
heartbeats_load() {
  local before errors micros p50 p99
  before=$(cpu "$1")
  $load wrk -t1 -c64 -d"$3s" --timeout 10s -s "$here/heartbeats.lua" "http://127.0.0.1:$2" -- "$work/heartbeats" >"$work/wrk.out" &
  wait $! || fail 1 "wrk failed; see above"
  cpu_s=$(cpu_since "$1" "$before")
  read -r count errors micros p50 p99 < <(sed -n 's/^WRK //p' "$work/wrk.out" | sed 's/[a-z0-9]*=//g')
  [ "$errors" -eq 0 ] || fail 1 "$errors of $count heartbeats failed"
  took=$(per "$micros" 1000000 3)
}
