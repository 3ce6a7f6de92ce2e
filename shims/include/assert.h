/* Included by lutf8lib.c, which asserts nothing. Lua's own checks (LUAI_ASSERT,
   LUA_USE_APICHECK) are for native builds. */
