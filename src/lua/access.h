/* Given with `-include` to the interpreter's file: where it calls a metamethod for an access to a table, the module looks whether that is
   one of its own (internals.c), whose call needs less than any function's. */
#ifndef cu_access_h
#define cu_access_h

#define luaT_callTMres  cu_metamethod_get
#define luaT_callTM  cu_metamethod_set

#endif
