#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

/// What was wrong with a request. Details are fixed texts, so that no byte of the request is sent back.
class Problem : public std::runtime_error {
public:
  Problem(int status, const char* title, const char* detail) : std::runtime_error(detail), status_(status), title_(title) {}

  int status() const { return status_; }
  /// The body of the answer (RFC 9457).
  std::string body() const;

private:
  int status_;
  const char* title_;
};

inline constexpr std::size_t calculate_limit = 4'096;
inline constexpr std::size_t order_limit = 65'536;

/// The answer to the body of POST /calculate, for n from 1 to max_n. Throws Problem.
std::string calculate(const std::string& body, std::uint32_t max_n);

/// The answer of GET /json/{id}, for an id from 1 to 1,000,000 in digits. Throws Problem.
std::string item(std::string_view digits);

/// The answer to the body of POST /json. Throws Problem.
std::string order(const std::string& body);
