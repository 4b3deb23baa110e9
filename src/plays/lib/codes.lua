-- codes: the operation behind POST /campaigns/ID/codes.
--
-- Fields of a call: codes, joined by tabs.  Those that the campaign has already
-- are left as they are, so that an upload may be repeated.  Answer: "found",
-- and how many were "added" and "duplicate"; "conflict" if the campaign takes
-- no codes.

tickets()

local out = {}

for i = 6, #ARGV, 2 do
    local list = {}

    for code in gmatch(ARGV[i + 1], '[^\t]+') do
        list[#list + 1] = code
    end

    local added = play.put and (#list == 0 and 0 or play.put(list))

    if added then
        count('', 0, 0, added)
        out[#out + 1] = 'found\tadded:' .. whole(added)
                        .. '\tduplicate:' .. whole(#list - added)
    else
        out[#out + 1] = 'conflict\terror=the campaign takes no codes'
                        .. '\tmember=codes'
    end
end

return finish(out)
