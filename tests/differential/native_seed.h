/* The oracle on the system's libc hashes as the other one does, the same in every run. Given with -include. */
unsigned int __cu_seed_get (void);
#define luai_makeseed(L)  ((void)(L), __cu_seed_get())
