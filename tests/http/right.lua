-- For wrk: counts the answers that are not right. Two arguments: what each body begins and ends with.
local threads = {}

function setup(thread)
    table.insert(threads, thread)
end

function init(args)
    wrong = 0
    first, last = args[1], args[2]
end

function response(status, _, body)
    if status ~= 200 or body:sub(1, #first) ~= first or body:sub(-#last) ~= last then
        wrong = wrong + 1
    end
end

function done()
    local sum = 0
    for _, thread in ipairs(threads) do
        sum = sum + thread:get("wrong")
    end
    print(sum .. " wrong answers")
end
