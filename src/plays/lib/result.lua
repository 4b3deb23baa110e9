-- result: the operation behind rush_result.  Reads, and changes nothing.

tickets()

local list = {}

for i = 6, #ARGV, 2 do
    list[#list + 1] = ARGV[i]
end

local status = load_users(list)

if status then
    return reply(status)
end

local out = {}

for i = 1, #list do
    out[i] = 'found' .. lines(record(list[i]), false)
end

return finish(out)
