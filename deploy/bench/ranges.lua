-- Asks for one URL, whole or in ranges of a size, one after the other. Arguments: TARGET, SIZE of the file, BYTES of a range (0: whole).
local target, size, part, at = nil, 0, 0, 0

function init(arguments)
  target, size, part = arguments[1], tonumber(arguments[2]), tonumber(arguments[3])
end

function request()
  if part == 0 then
    return wrk.format("GET", target)
  end
  local first = at
  at = (at + part) % size
  return wrk.format("GET", target, { ["Range"] = string.format("bytes=%d-%d", first, first + part - 1) })
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("WRK bytes=%d requests=%d errors=%d micros=%d\n", summary.bytes, summary.requests,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout, summary.duration))
end
