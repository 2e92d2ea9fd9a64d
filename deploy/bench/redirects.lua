-- Load for wrk: asks for /o/N.bin, N by Zipf(1) over the resources, as a client that was not seen before.
-- Arguments: RESOURCES, a SEED (the same seed: the same resources in the same order), a PREFIX that makes the clients those of
-- this run, requests a second, or 0 for as many as can be, and perhaps a METHOD other than GET.
local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long seconds, nanos; } moment;
  int clock_gettime(int clock, moment *now);
]]
local exp, floor, log, random = math.exp, math.floor, math.log, math.random
local moment, MONOTONIC = ffi.new("moment"), 1

local size, scale, step, millis, due
local suffix = " HTTP/1.1\r\nHost: bench\r\nUser-Agent: "
local asked, method = 0, "GET"

local function divisor(a, b)
  while b > 0 do a, b = b, a % b end
  return a
end

local function now()
  ffi.C.clock_gettime(MONOTONIC, moment)
  return tonumber(moment.seconds) * 1e3 + tonumber(moment.nanos) * 1e-6
end

-- Moments of requests are those of a crowd that does not wait for one another (Poisson); wrk takes whole milliseconds.
local function pause()
  due = due - log(1 - random()) * millis
  local wait = due - now()
  return wait > 0 and wait or 0
end

function init(arguments)
  size = tonumber(arguments[1])
  scale = log(size + 1)
  step = floor(size * 0.6180339887) + 1 -- neighbours in popularity are none in the table
  while divisor(step, size) > 1 do step = step + 1 end
  math.randomseed(tonumber(arguments[2]))
  suffix = ".bin" .. suffix .. arguments[3] .. "-"
  local rate = tonumber(arguments[4])
  method = arguments[5] or method
  if rate > 0 then
    millis, due = 1e3 / rate, now()
    delay = pause
  end
end

function request()
  asked = asked + 1
  local rank = floor(exp(random() * scale)) -- log-uniform on 1 to size, which is Zipf with exponent 1
  return method .. " /o/" .. rank * step % size .. suffix .. asked .. "\r\n\r\n"
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format("WRK requests=%d errors=%d micros=%d p50=%d p99=%d\n", summary.requests,
    e.connect + e.read + e.write + e.status + e.timeout, summary.duration, latency:percentile(50), latency:percentile(99)))
end
