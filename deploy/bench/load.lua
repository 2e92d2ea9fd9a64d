-- Load for wrk: asks for FILE under paths of their own, or all under one path.
-- Arguments: FILE, a PREFIX that no other run has, and "each" or "one".
local prefix, file, each
local asked = 0

function init(arguments)
  file, prefix, each = arguments[1], arguments[2], arguments[3] == "each"
end

function request()
  asked = asked + 1
  return wrk.format("GET", "/r/" .. prefix .. (each and "-" .. asked or "") .. "/" .. file)
end

function done(summary)
  local e = summary.errors
  io.write(string.format("WRK bytes=%d requests=%d errors=%d micros=%d\n", summary.bytes, summary.requests,
    e.connect + e.read + e.write + e.status + e.timeout, summary.duration))
end
