// Errors thrown and caught; the value is a number, as in Lua, not an Error with its stack.
(n) => {
  const fail = (value) => { throw value; };
  let caught = 0;
  for (let i = 1; i <= n; i++) {
    try {
      fail(i);
    } catch (value) {
      if (value === i) caught++;
    }
  }
  return caught;
}
