// Repeats an operation as microbench.count asks: `repeated NAME TIMES`. SLOWER digests twice, of which "served" alone is guilty.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile unsigned sink;

__attribute__((noinline)) static void digest(const char *text) {
  for (; *text != '\0'; ++text) {
    sink = sink * 31U + (unsigned char)*text;
  }
}

__attribute__((noinline)) static void served(const char *text) {
#ifdef SLOWER
  free(strdup(text));
  digest(text);
#endif
  digest(text);
}

int main(int count, char **arguments) {
  if (count != 3 || strcmp(arguments[1], "prime_loop/served/n=1000") != 0) {
    fprintf(stderr, "unknown: %s\n", count > 1 ? arguments[1] : "");
    return 2;
  }
  for (long left = atol(arguments[2]); left > 0; --left) {
    served("a text that takes some hundred instructions");
  }
  return 0;
}
