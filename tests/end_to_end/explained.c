// A service that answers every request alike, on any number of kept connections to PORT, or to a Unix socket if it is named.
// SLOWER copies, allocates and asks the kernel; BURNS computes for most of a request's time.
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char response[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok";
static volatile unsigned sink;

__attribute__((noinline)) static void digest(const char *text, ssize_t size) {
  for (ssize_t at = 0; at < size; ++at) {
    sink = sink * 31U + (unsigned char)text[at];
  }
}

__attribute__((noinline)) static void respond(int connection, const char *request, ssize_t size) {
#ifdef SLOWER
  char *copy = calloc(1, 4096);
  memcpy(copy, request, (size_t)size);
  digest(copy, size);
  free(copy);
  sink += (unsigned)getppid();
#endif
#ifdef BURNS
  for (int time = 0; time < 2000; ++time) {
    digest(request, size);
  }
#endif
  digest(request, size);
  if (write(connection, response, sizeof response - 1) < 0) {
    close(connection);
  }
}

static void stop(int number) {
  (void)number;
  exit(0);
}

int main(int count, char **arguments) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  struct sockaddr_un local = {.sun_family = AF_UNIX};
  struct pollfd watched[64] = {{.events = POLLIN}};
  int open_now = 1, yes = 1;
  char request[4096];
  signal(SIGTERM, stop);
  signal(SIGPIPE, SIG_IGN);
  address.sin_port = htons((unsigned short)atoi(arguments[1]));
  watched[0].fd = socket(count > 2 ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
  setsockopt(watched[0].fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (count > 2) {
    strncpy(local.sun_path, arguments[2], sizeof local.sun_path - 1);
  }
  const void *where = count > 2 ? (const void *)&local : (const void *)&address;
  if (bind(watched[0].fd, where, count > 2 ? sizeof local : sizeof address) != 0 || listen(watched[0].fd, 64) != 0) {
    return 1;
  }
  while (poll(watched, (nfds_t)open_now, -1) >= 0) {
    for (int at = open_now - 1; at > 0; --at) {
      if (watched[at].revents != 0) {
        ssize_t size = read(watched[at].fd, request, sizeof request);
        if (size > 0) {
          respond(watched[at].fd, request, size);
        } else {
          close(watched[at].fd);
          watched[at] = watched[--open_now];
        }
      }
    }
    if ((watched[0].revents & POLLIN) != 0 && open_now < 64) {
      watched[open_now++] = (struct pollfd){.fd = accept(watched[0].fd, NULL, NULL), .events = POLLIN};
    }
  }
  return 1;
}
