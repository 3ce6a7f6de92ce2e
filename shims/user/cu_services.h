/*
** Where Lua's output goes and where its seed comes from, in the module and in
** a native build of the crate alike: src/lua/output.rs. Given with -include.
*/
#ifndef cu_services_h
#define cu_services_h

/* Output goes to the host; stream 1 is stdout, 2 is stderr. */
void __cu_output_write (int stream, const char *bytes, __SIZE_TYPE__ length);

/* The seed that the host chose, the only source of randomness. */
unsigned int __cu_seed_get (void);

#define lua_writestring(s,l)  __cu_output_write(1, (s), (l))
#define lua_writeline()  __cu_output_write(1, "\n", 1)

#define luai_makeseed(L)  ((void)(L), __cu_seed_get())

#endif
