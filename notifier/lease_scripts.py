"""The scripts by which presence is kept in Redis, and what they keep.

    <prefix>:online:servers              sorted set: server → end of its lease
    <prefix>:online:of:<server>          hash: connection → recipient, a line end, facts as JSON
    <prefix>:online:person:<recipient>   hash: connection → server
    <prefix>:online:people               sorted set of all recipients with a connection, in the order of their ids
    <prefix>:online:leaving              sorted set: recipient → when the last connection went, until that is announced
    <prefix>:online:born                 text: changes whenever Redis lost something

All times are Redis' own, in Unix seconds, so the clocks of hosts may differ. Each script is atomic and touches a few hundred things at
most, however many there are. They make names of keys from their arguments, which Redis Cluster does not allow.
"""

from dataclasses import dataclass

LOT = 100
"""Of connections in one script: what takes Redis a millisecond or two, and on a busy core no 10."""

_NOW = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
"""

# What a server tells counts while it holds its lease. Without it others may have removed what it told before, or Redis lost it.
_HELD = (
    _NOW
    + """
local lease = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not lease or tonumber(lease) <= now then return false end
"""
)

# KEYS servers; ARGV server, lease seconds
ENTER = _NOW + "return redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])"

# KEYS servers, leaving, born; ARGV server, lease seconds, grace seconds, how many at most.
# Renews the lease. Answers whether it was held; what Redis was born as; servers whose leases ran out; who went for good, each with when.
# A Redis that was started again may have come back with what it stored a while ago: it has another run_id then. Where INFO is forbidden,
# only what is gone altogether is noticed.
BEAT = (
    _NOW
    + r"""
local info = redis.pcall('INFO', 'server')
local run = type(info) == 'string' and info:match('run_id:(%w+)') or ''
local born = redis.call('GET', KEYS[3])
if not born or born:sub(1, #run) ~= run then
  born = run .. ':' .. time[1] .. ':' .. time[2]
  redis.call('SET', KEYS[3], born)
end
local lease = redis.call('ZSCORE', KEYS[1], ARGV[1])
local held = 0
if lease and tonumber(lease) > now then
  held = 1
  redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
end
local dead = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[4])
local gone = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[3], 'WITHSCORES', 'LIMIT', 0, ARGV[4])
for i = 1, #gone, 2 do redis.call('ZREM', KEYS[2], gone[i]) end
return {held, born, dead, gone}
"""
)

# KEYS servers, people, leaving, of:<server>; ARGV server, names of people's hashes, '1' to announce nobody,
# then connection, recipient, facts of each. Answers the time and who has come online; nothing without the lease.
PUT = (
    _HELD
    + """
local came = {string.format('%.6f', now)}
for i = 4, #ARGV, 3 do
  local connection, recipient = ARGV[i], ARGV[i + 1]
  if redis.call('HSET', KEYS[4], connection, ARGV[i + 2]) == 1 then
    local person = ARGV[2] .. recipient
    redis.call('HSET', person, connection, ARGV[1])
    if redis.call('HLEN', person) == 1 then
      redis.call('ZADD', KEYS[2], 0, recipient)
      if redis.call('ZREM', KEYS[3], recipient) == 0 and ARGV[3] ~= '1' then came[#came + 1] = recipient end
    end
  end
end
return came
"""
)

# KEYS servers, of:<server>; ARGV server, then connection and facts of each. Answers 1; nothing without the lease.
UPDATE = (
    _HELD
    + """
for i = 2, #ARGV, 2 do
  if redis.call('HEXISTS', KEYS[2], ARGV[i]) == 1 then redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
end
return 1
"""
)

_FORGET = """
local function forget(connection, recipient, announced)
  local person = ARGV[2] .. recipient
  redis.call('HDEL', KEYS[4], connection)
  redis.call('HDEL', person, connection)
  if redis.call('EXISTS', person) == 0 then
    redis.call('ZREM', KEYS[2], recipient)
    if announced then redis.call('ZADD', KEYS[3], now, recipient) end
  end
end
"""

# KEYS servers, people, leaving, of:<server>; ARGV server, names of people's hashes, how, then connection and recipient of each.
# Answers 1; nothing without the lease. A connection that is not known was dropped before and changes nothing, unless `how` is
# 'lost': Redis lost it, and nobody else will tell that its person went. With 'quiet' nobody is announced.
DROP = (
    _HELD
    + _FORGET
    + """
for i = 4, #ARGV, 2 do
  local connection, recipient = ARGV[i], ARGV[i + 1]
  if redis.call('HEXISTS', KEYS[4], connection) == 1 then
    forget(connection, recipient, ARGV[3] ~= 'quiet')
  elseif ARGV[3] == 'lost' and redis.call('EXISTS', ARGV[2] .. recipient) == 0 then
    redis.call('ZADD', KEYS[3], 'NX', now, recipient)
  end
end
return 1
"""
)

# KEYS servers, people, leaving, of:<server>; ARGV server, names of people's hashes, how many at most.
# Removes some connections of a server whose lease ran out, and the lease with the last of them. Several may do so at once.
# Answers how many it removed.
BURY = (
    _NOW
    + _FORGET
    + r"""
local lease = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not lease or tonumber(lease) > now then return 0 end
local lot = redis.call('HRANDFIELD', KEYS[4], ARGV[3], 'WITHVALUES')
for i = 1, #lot, 2 do forget(lot[i], lot[i + 1]:match('^[^\n]*'), true) end
if redis.call('EXISTS', KEYS[4]) == 0 then redis.call('ZREM', KEYS[1], ARGV[1]) end
return #lot / 2
"""
)

# KEYS servers, people; ARGV names of servers' hashes. Answers how many people and connections there are.
TOTALS = """
local connections = 0
for _, server in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  connections = connections + redis.call('HLEN', ARGV[1] .. server)
end
return {redis.call('ZCARD', KEYS[2]), connections}
"""

_LOOK = """
local function look(recipient, most)
  local person = ARGV[1] .. recipient
  local count = redis.call('HLEN', person)
  local held
  if count <= most then
    held = redis.call('HGETALL', person)
  else
    held = redis.call('HSCAN', person, '0', 'COUNT', most)[2]
  end
  local found = {recipient, count}
  for i = 1, math.min(#held, 2 * most), 2 do
    local facts = redis.call('HGET', ARGV[2] .. held[i + 1], held[i])
    if facts then
      found[#found + 1] = held[i]
      found[#found + 1] = held[i + 1]
      found[#found + 1] = facts
    end
  end
  return found
end
"""

# ARGV names of people's hashes, names of servers' hashes, how many connections at most, recipient.
# Answers the recipient, the number of connections, then connection, server, facts of each.
PERSON = _LOOK + "return look(ARGV[4], tonumber(ARGV[3]))"

# KEYS people; ARGV as above, then from and to as ZRANGEBYLEX has them, how many people at most.
# Answers 1 if there are more, then what PERSON answers for each. A page ends early when it has many connections.
PAGE = (
    _LOOK
    + """
local most, limit = tonumber(ARGV[3]), tonumber(ARGV[6])
local people = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[4], ARGV[5], 'LIMIT', 0, limit + 1)
local found, listed = {0}, 0
for i, recipient in ipairs(people) do
  if i > limit or listed >= most then
    found[1] = 1
    break
  end
  local person = look(recipient, most)
  listed = listed + (#person - 2) / 3
  found[#found + 1] = person
end
return found
"""
)


@dataclass(frozen=True, slots=True)
class Names:
    """The names of keys in Redis."""

    prefix: str

    @property
    def servers(self) -> str:
        return f"{self.prefix}:online:servers"

    @property
    def people(self) -> str:
        return f"{self.prefix}:online:people"

    @property
    def leaving(self) -> str:
        return f"{self.prefix}:online:leaving"

    @property
    def born(self) -> str:
        return f"{self.prefix}:online:born"

    @property
    def of_servers(self) -> str:
        """Followed by a server."""
        return f"{self.prefix}:online:of:"

    @property
    def persons(self) -> str:
        """Followed by a recipient."""
        return f"{self.prefix}:online:person:"
