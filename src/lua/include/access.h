/*
** Given with -include to lvm.c: where the interpreter calls a metamethod for an
** access to a table, the module looks whether that is one of its own, whose
** call needs less than any function's (internals.c).
*/
#ifndef cu_access_h
#define cu_access_h

#define luaT_callTMres  cu_metamethod_get
#define luaT_callTM  cu_metamethod_set

#endif
