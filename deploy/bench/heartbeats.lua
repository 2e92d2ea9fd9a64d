-- Load for wrk: heartbeats of many peers in turn, as they stand in a file, one request to a line with its line breaks as \r\n.
-- Argument: the FILE.
local requests, at = {}, 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    requests[#requests + 1] = line:gsub("\\r\\n", "\r\n")
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format("WRK requests=%d errors=%d micros=%d p50=%d p99=%d\n", summary.requests,
    e.connect + e.read + e.write + e.status + e.timeout, summary.duration, latency:percentile(50), latency:percentile(99)))
end
