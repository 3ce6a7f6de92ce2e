/* Included by ldo.c; Cu unwinds by return (see cu_config.h) and needs nothing from here. */
