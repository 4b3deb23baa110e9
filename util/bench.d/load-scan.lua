-- What wrk sends for the scans of util/bench: wrk -s load-scan.lua URL --
-- METHOD PATH RUN AGENTS CODES, where the last two are files.
--
-- Requests are made before, one for each code, which is put into PATH for "%s",
-- or if CODES is empty one for each agent; of these each request is any, by
-- chance.  A user comes in no other run, see load.lua.

require "load"

local format, random, n, forms = string.format, math.random, 0, {}


local function lines(name)
    local list = {}

    for line in io.lines(name) do
        list[#list + 1] = line
    end

    return list
end


init = function(args)
    local agents = lines(args[4])
    local codes = lines(args[5])
    local user = "oUpF8uMuAJO_M2pxb1" .. format("%03d", args[3]) .. "%07d"

    for i = 1, #codes > 0 and #codes or #agents do
        forms[i] = wrk.format(args[1], format(args[2], codes[i]), {
            ["X-User"] = user, ["User-Agent"] = agents[i % #agents + 1]
        })
    end

    math.randomseed(args[3])
end

request = function()
    n = n + 1
    return format(forms[random(#forms)], n)
end
