#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>

static const std::string response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

static void serve(int client) {
  std::string read;
  char buffer[4096];
  for (ssize_t count; (count = recv(client, buffer, sizeof buffer, 0)) > 0;) {
    read.append(buffer, static_cast<std::size_t>(count));
    for (std::size_t end; (end = read.find("\r\n\r\n")) != std::string::npos; read.erase(0, end + 4)) {
      send(client, response.data(), response.size(), MSG_NOSIGNAL);
    }
  }
  close(client);
}

int main(int, char** argv) {
  const int port = argv[1] ? std::atoi(argv[1]) : 8080;
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(listener, 128) != 0) return 1;
  for (;;) std::thread(serve, accept(listener, nullptr, nullptr)).detach();
}
