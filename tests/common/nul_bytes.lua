-- Strings with NUL and other odd bytes.
local say = require("tools").say
local host = require("host")

local texts = { "\0", "a\0", "\0a", "a\0b\0c", ("\0"):rep(100), "\1\2\3\127", "line\nline\r\n", "\xc3\xa9", "\xf0\x9f\x8c\x8d" }
for i, text in ipairs(texts) do
  _home.text = text
  _home[text] = i
  say(tostring(i), #text, _home.text == text, _home[text], host.id(text) == text)
  _home[text] = nil
end
-- Bytes that are no UTF-8 stay as they are in `_home`.
local all = {}
for byte = 0, 255 do all[byte + 1] = string.char(byte) end
all = table.concat(all)
_home.all = all
_home[all] = all
say("all bytes", _home.all == all, #_home.all, _home[all] == all)
_home["\xff"], _home["\xfe"] = 1, 2
say("different keys", _home["\xff"], _home["\xfe"], _home["\xfd"])
_home["a"], _home["a\0"], _home["a\0\0"] = 1, 2, 3
say("different keys", _home["a"], _home["a\0"], _home["a\0\0"])
print("printed\0with NUL")
say("error", pcall(host.fail, "a\0b"))
say("source", host.reenter("return 'in\\0side', ..., '\0'"))
