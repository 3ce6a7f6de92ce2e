/*
** <stdio.h>: messages to stderr. Formatting is in src/format.rs.
*/
#include <string.h>

void __cu_output_error (const char *format, const char *text) {
  const char *item = strstr(format, "%s");
  __cu_output_write(2, format, (size_t)(item - format));
  __cu_output_write(2, text, strlen(text));
  __cu_output_write(2, item + 2, strlen(item + 2));
}
