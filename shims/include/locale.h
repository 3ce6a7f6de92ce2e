/* Included by Lua; without locales (see cu_config.h) it needs nothing from here. */
