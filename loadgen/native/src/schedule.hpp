#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "options.hpp"
#include "requests.hpp"

namespace primebench::load {

/// Which request is sent next, and of an open loop when it is due: one order for all threads and connections, and for all
/// generators that send it together.
class Schedule {
public:
  Schedule(const Options& options, const RequestFile& requests, std::int64_t start_ns)
      : requests_{requests},
        start_ns_{start_ns},
        end_ns_{start_ns + std::chrono::nanoseconds{options.duration}.count()},
        interval_ns_{options.rate_per_s ? 1e9 / *options.rate_per_s : 0.0},
        count_{options.count},
        part_{options.part},
        parts_{options.parts} {}

  struct Entry {
    const Request* request;
    std::int64_t due_ns;
  };

  /// What comes next; nothing once the load is over.
  std::optional<Entry> next(std::int64_t now_ns) {
    if (!is_open() && now_ns >= end_ns_) {
      return std::nullopt;
    }
    const std::uint64_t place = part_ + parts_ * next_.fetch_add(1, std::memory_order_relaxed);
    if (is_open() && place >= count_) {
      return std::nullopt;
    }
    const Request* const request = requests_.at(place);
    if (request == nullptr) {
      ran_out_.store(true, std::memory_order_relaxed);
      return std::nullopt;
    }
    return Entry{.request = request, .due_ns = is_open() ? due_ns(place) : now_ns};
  }

  /// Whether requests are due by the clock, whatever has been answered.
  [[nodiscard]] bool is_open() const { return interval_ns_ > 0.0; }
  /// Whether there were too few requests for the load.
  [[nodiscard]] bool ran_out() const { return ran_out_.load(std::memory_order_relaxed); }

private:
  [[nodiscard]] std::int64_t due_ns(std::uint64_t place) const {
    return start_ns_ + static_cast<std::int64_t>(static_cast<double>(place) * interval_ns_);
  }

  const RequestFile& requests_;
  std::int64_t start_ns_;
  std::int64_t end_ns_;
  double interval_ns_;
  std::uint64_t count_;
  std::uint64_t part_;
  std::uint64_t parts_;
  std::atomic<std::uint64_t> next_ = 0;
  std::atomic<bool> ran_out_ = false;
};

}  // namespace primebench::load
