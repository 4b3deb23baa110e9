-- What wrk sends for util/bench: wrk -s load.lua URL -- METHOD PATH RUN
--
-- One string.format() of a request that was made before, the same for all
-- runs.  A user has 28 bytes, as an OpenID has, and comes in no other run.

local format, n, form = string.format, 0

init = function(args)
    form = wrk.format(args[1], args[2], {
        ["X-User"] = "oUpF8uMuAJO_M2pxb1" .. format("%03d", args[3]) .. "%07d"
    })
end

request = function()
    n = n + 1
    return format(form, n)
end

done = function(summary, latency)
    local e = summary.errors

    io.write(format("result %d %d %d %d %.0f %.0f %.0f %.0f\n",
                    summary.requests, summary.duration, e.status,
                    e.connect + e.read + e.write + e.timeout, summary.bytes,
                    latency:percentile(50), latency:percentile(99),
                    os.clock() * 1e6))
end
