/*
** A native Lua interpreter, the oracle: `lua-… FILE.lua [ARGUMENT]...` runs a
** file, prints to stdout, and exits with 1 and a traceback after an error.
** With CU_SHIMS it is linked with the shims, and without io, os and package,
** which need the rest of a libc.
*/
#include <stdio.h>
#include <stdlib.h>

#include "lua.h"
#include "lauxlib.h"
#include "lualib.h"

#if defined(CU_SHIMS)

/* What the shims count their steps by; here nothing asks for it. */
struct { int left; } __cu_steps;

void __cu_output_write (int stream, const char *bytes, size_t length) {
  fwrite(bytes, 1, length, stream == 2 ? stderr : stdout);
}

static void open_libraries (lua_State *L) {
  static const luaL_Reg libraries[] = {
    {LUA_GNAME, luaopen_base}, {LUA_COLIBNAME, luaopen_coroutine},
    {LUA_TABLIBNAME, luaopen_table}, {LUA_STRLIBNAME, luaopen_string},
    {LUA_MATHLIBNAME, luaopen_math}, {LUA_UTF8LIBNAME, luaopen_utf8},
    {LUA_DBLIBNAME, luaopen_debug}, {NULL, NULL}
  };
  const luaL_Reg *library;
  for (library = libraries; library->func != NULL; library++) {
    luaL_requiref(L, library->name, library->func, 1);
    lua_pop(L, 1);
  }
}

#else

#define open_libraries(L)  luaL_openlibs(L)

#endif

/* The same hashes in every run. */
unsigned int __cu_seed_get (void) {
  return 0;
}


static int add_traceback (lua_State *L) {
  luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
  return 1;
}


static int load (lua_State *L, const char *name) {
  luaL_Buffer source;
  size_t length;
  FILE *file = fopen(name, "rb");
  if (file == NULL) return luaL_error(L, "cannot open %s", name);
  luaL_buffinit(L, &source);
  do {
    char *part = luaL_prepbuffer(&source);
    length = fread(part, 1, LUAL_BUFFERSIZE, file);
    luaL_addsize(&source, length);
  } while (length > 0);
  fclose(file);
  luaL_pushresult(&source);
  lua_pushfstring(L, "@%s", name);
  if (luaL_loadbufferx(L, lua_tostring(L, -2), lua_rawlen(L, -2),
                       lua_tostring(L, -1), "t") != LUA_OK)
    return lua_error(L);
  return 1;
}


static int run (lua_State *L) {
  int argc = (int)lua_tointeger(L, 1);
  char **argv = lua_touserdata(L, 2);
  int i;
  luaL_checkstack(L, argc, "too many arguments");
  open_libraries(L);
  lua_createtable(L, argc, 0);
  for (i = 1; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i - 1);
  }
  lua_setglobal(L, "arg");
  load(L, argv[1]);
  for (i = 2; i < argc; i++) lua_pushstring(L, argv[i]);
  lua_call(L, argc - 2, 0);
  return 0;
}


int main (int argc, char **argv) {
  int status;
  lua_State *L;
  if (argc < 2) {
    fprintf(stderr, "usage: %s FILE.lua [ARGUMENT]...\n", argv[0]);
    return 2;
  }
  L = luaL_newstate();
  if (L == NULL) return 1;
  lua_pushcfunction(L, add_traceback);
  lua_pushcfunction(L, run);
  lua_pushinteger(L, argc);
  lua_pushlightuserdata(L, argv);
  status = lua_pcall(L, 2, 0, 1);
  if (status != LUA_OK) fprintf(stderr, "%s\n", lua_tostring(L, -1));
  lua_close(L);
  return status != LUA_OK;
}
