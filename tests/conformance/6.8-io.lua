-- Section 6.8 of the manual: input and output, of which the sandbox has the two streams that are written to.

-- §6.8 Input and Output Facilities
io.write("text\n") --> userdata | text\n
io.write("a", 1, 2.5, "\n") == io.stdout --> true | a12.5\n
io.write() == io.stdout --> true
io.write(1.0, " ", -0.0, " ", 1e100, "\n") ~= nil --> true | 1 -0 1e+100\n
io.write(math.maxinteger, " ", 2^53, "\n") ~= nil --> true | 9223372036854775807 9.007199254741e+15\n
io.write("a\0b\n") ~= nil --> true | a\0b\n
io.write({}) --! c:1: bad argument #1 to 'write' (string expected, got table)
io.write("x", nil) --! c:1: bad argument #2 to 'write' (string expected, got nil) | x
io.stdout:write("chain", "ed"):write("\n") == io.stdout --> true | chained\n
io.stderr:write("error\n") == io.stderr --> true | error\n
io.type(io.stdout), io.type(io.stderr) --> "file", "file"
io.type(5), io.type({}), io.type(nil) --> nil, nil, nil
io.type() --! c:1: bad argument #1 to 'type' (value expected)
tostring(io.stdout):match("^file %(0x%x+%)$") ~= nil --> true
io.stdout:flush() == io.stdout or io.stdout:flush() --> true
io.flush() ~= nil --> true
io.stdout:setvbuf("no"), io.stdout:setvbuf("full", 1024), io.stdout:setvbuf("line") --> true, true, true
io.stdout:setvbuf() --! c:1: bad argument #1 to 'setvbuf' (string expected, got no value)
io.stdout:setvbuf("none") --! c:1: bad argument #1 to 'setvbuf' (invalid option 'none')
type(io.stdout), type(io.stderr) --> "userdata", "userdata"
io.stdout == io.stdout, io.stdout == io.stderr --> true, false
io.stdout.nomethod --> nil
io.stdout:nomethod() --! c:1: attempt to call a nil value (method 'nomethod')
io.stdout + 1 --! c:1: attempt to perform arithmetic on a FILE* value (field 'stdout')
#io.stdout --! c:1: attempt to get length of a FILE* value (field 'stdout')
io.stdout .. "x" --! c:1: attempt to concatenate a FILE* value (field 'stdout')
io.stdout < io.stderr --! c:1: attempt to compare two FILE* values
io.stdout() --! c:1: attempt to call a FILE* value (field 'stdout')
getmetatable(io.stdout).__name --> "FILE*"
io.open == nil --> false
--~ > true -- there are no files
io.lines == nil --> false
--~ > true -- there are no files
io.popen == nil --> false
--~ > true -- there are no processes
io.tmpfile == nil --> false
--~ > true -- there are no files
io.read == nil --> false
--~ > true -- there is no input
io.input == nil, io.output == nil --> false, false
--~ > true, true -- there is no input, and output cannot be turned elsewhere
io.stdin == nil --> false
--~ > true -- there is no input
io.close == nil --> false
--~ > true -- there is nothing to close
io.stdout.read == nil, io.stdout.lines == nil, io.stdout.seek == nil --> false, false, false
--~ > true, true, true -- the streams are only written to
io.write(("x"):rep(3), "\n") ~= nil --> true | xxx\n
for i = 1, 3 do io.write(i, " ") end io.write("\n") --> nothing | 1 2 3 \n
