/* Given with `-include` to Lua's files, for every target: Lua says when it frees a coroutine (llimits.h), because Rust remembers the
   one that ran last. */
#ifndef cu_threads_h
#define cu_threads_h

struct lua_State;

void __cu_thread_free(struct lua_State *thread);

#define luai_userstatefree(L,L1)  ((void)(L), __cu_thread_free(L1))

#endif
