#pragma once

#include <pistache/http.h>

#include <cstdint>

/// The routes of the three tasks, for one connection's requests: Pistache clones it for each of its threads.
class Service : public Pistache::Http::Handler {
public:
  HTTP_PROTOTYPE(Service)

  explicit Service(std::uint32_t max_n) : max_n_(max_n) {}

  void onRequest(const Pistache::Http::Request& request, Pistache::Http::ResponseWriter response) override;

private:
  std::uint32_t max_n_;
};
