// The same bytes give the same responses however they are cut into reads.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client.hpp"

namespace primebench {
namespace {

/// What a client gets to see, but for how long the calculations took.
struct Transcript {
  std::vector<Response> responses;
  bool closed = false;
  bool idle = false;

  friend bool operator==(const Transcript&, const Transcript&) = default;
};

std::ostream& operator<<(std::ostream& out, const Transcript& transcript) {
  for (const Response& response : transcript.responses) {
    out << response;
  }
  return out << "closed=" << transcript.closed << " idle=" << transcript.idle;
}

class Recorder {
public:
  void send(std::string_view bytes) { out_ += client_.send(bytes); }

  [[nodiscard]] Transcript transcript() {
    Transcript transcript{.responses = read_responses(out_), .closed = client_.is_closed()};
    for (Response& response : transcript.responses) {
      response = without_duration(std::move(response));
    }
    transcript.idle = !transcript.closed && client_.conversation().is_idle();
    return transcript;
  }

private:
  Client client_;
  std::string out_;
};

Transcript uncut(std::string_view bytes) {
  Recorder recorder;
  recorder.send(bytes);
  return recorder.transcript();
}

Transcript cut_at(std::string_view bytes, std::size_t at) {
  Recorder recorder;
  recorder.send(bytes.substr(0, at));
  recorder.send(bytes.substr(at));
  return recorder.transcript();
}

Transcript cut_into(std::string_view bytes, std::size_t size) {
  Recorder recorder;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
    recorder.send(bytes.substr(0, size));
  }
  return recorder.transcript();
}

Transcript cut_at_random(std::string_view bytes, std::mt19937& random) {
  Recorder recorder;
  while (!bytes.empty()) {
    // Short reads and long ones: a uniform length would hardly ever be short.
    const std::size_t longest = std::size_t{1} << (random() % 12U);
    const std::size_t size = std::min<std::size_t>(1 + random() % longest, bytes.size());
    recorder.send(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return recorder.transcript();
}

/// Short streams, for every cut there is. Each ends with a good request, so that a wrong end of one before it shows.
std::vector<std::string> short_streams() {
  const std::string good = calculate(R"({"n":10})");
  const std::vector<std::string> begins{
      "",
      good,
      good + health() + calculate(R"({"n":)") + good,
      "\r\n\r\n" + health() + "\r\n",
      "GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
      "GET /health HTTP/1.0\r\n\r\n",
      health("Connection: close\r\n"),
      health("X: y\r\nY:\r\nZ: \t z \t\r\n"),
      health("X: a\r\n b\r\n"),
      health("X:\r\n b\r\n"),
      health("X: a\r\n \r\n"),
      health("X : a\r\n"),
      health("X: a\rb\r\n"),
      health("X: a\nY: b\r\n"),
      health("X: a\r\r\n"),
      health("Host: second\r\n"),
      "GET /health HTTP/1.1\r\n\r\n",
      "GET /health HTTP/1.1\n\n",
      "GET /health HTTP/1.1\r\nHost: a\n\n\r\n",
      "\rGET /health HTTP/1.1\r\nHost: test\r\n\r\n",
      "GET /health HTTP/1.1\r\n Host: test\r\n\r\n",
      "nonsense\r\n\r\n",
      "\x16\x03\x01\n\r\n",
      "\r\n\rGET / HTTP/1.1\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "GET /health HTTP/1.2\r\nHost: test\r\n\r\n",
      "GET /hea|th HTTP/1.1\r\nHost: test\r\n\r\n",
      "GET http://test/health HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
      "GET /health HTTP/1.1\r\nHost: a, b\r\n\r\n",
      "PUT /nowhere HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello",
      "POST /calculate HTTP/1.1\r\nHost: test\r\nContent-Length: 5000\r\n\r\nhello",
      calculate(R"({"n":10})", "Content-Length: 9\r\n"),
      calculate(R"({"n":10})", "Transfer-Encoding: chunked\r\n"),
      calculate(R"({"n":10})", "Expect: 100-continue\r\n"),
      "PUT /calculate HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
      calculate_chunked("8\r\n{\"n\":10}\r\n0\r\n\r\n"),
      calculate_chunked("3\r\n{\"n\r\n5\r\n\":10}\r\n0\r\n\r\n", "Expect: 100-continue\r\n"),
      calculate_chunked("1;x=\"y\\\"\"\r\n{\r\n00007 ; z\r\n\"n\":10}\r\n000;x=y\r\nX: y\r\nZ:\r\n\r\n"),
      calculate_chunked("0\r\n\r\n"),
      calculate_chunked("00\r\n\r\n"),
      calculate_chunked("0;x=y\r\nX: y\r\n\r\n"),
      calculate_chunked("0\r\nX: y\r\n z\r\n\r\n"),
      calculate_chunked("0\r\nX : y\r\n\r\n"),
      calculate_chunked("0x\r\n\r\n"),
      calculate_chunked("8\r\n{\"n\":10}x\r\n0\r\n\r\n"),
      calculate_chunked("8;x=\"\r\n{\"n\":10}\r\n0\r\n\r\n"),
      calculate_chunked("8;x=\"\r\nab\"cd\r\n0\r\n\r\n"),
      calculate_chunked("8;x=\"\n\"\r\n{\"n\":10}\r\n0\r\n\r\n"),
      calculate_chunked("8\r\n{\"n\":10}\r\n0;x=\"\n\"\r\n\r\n"),
      calculate_chunked("0;x=\"\r\n\r\n\"\r\n\r\n"),
      calculate_chunked("8\n{\"n\":10}\r\n0\r\n\r\n"),
      calculate_chunked("1001\r\n"),
      calculate_chunked("x\r\n"),
      calculate_chunked("\r\n8\r\n{\"n\":10}\r\n0\r\n\r\n"),
      calculate_chunked("8\r\n{\"n\":10}\r\n0\r\n\r\r\n\r\n"),
  };
  std::vector<std::string> streams;
  streams.reserve(begins.size() + 5);
  for (const std::string& begin : begins) {
    streams.push_back(begin + good);
  }
  streams.emplace_back("GET /hea");
  streams.emplace_back("\r");
  streams.emplace_back("GET /health HTTP/1.1\r\nHost: test\r\nX: a\r\n b\r\nY: c\r\n");
  streams.push_back(good.substr(0, good.size() - 1));
  streams.push_back(calculate_chunked("8\r\n{\"n\":10}\r\n0\r\nX: y\r\n"));
  return streams;
}

std::string chunked_to(std::size_t wire_bytes, std::string_view end) {
  const std::string begin = "8\r\n{\"n\":10}\r\n0\r\nX: ";
  return calculate_chunked(begin + std::string(wire_bytes - begin.size() - end.size(), 'x') + std::string{end});
}

/// Streams at the limits, where a cut could move them; too long for every cut.
std::vector<std::string> long_streams() {
  const std::string good = calculate(R"({"n":10})");
  std::string many_fields = "Host: test\r\n";
  while (many_fields.size() < 8'184) {
    many_fields += "X: y\r\n";
  }
  std::string bytewise;
  for (int i = 0; i < 5'000; ++i) {
    bytewise += "1\r\n \r\n";
  }
  std::string empty_lines;
  for (int i = 0; i < 4'096; ++i) {
    empty_lines += "\r\n";
  }
  constexpr std::size_t wire_bytes_max = chunked_wire_bytes(Limits{}.body_bytes);
  return {
      empty_lines + good + empty_lines + good,
      empty_lines + "\r\n" + good,
      "\x16" + std::string(10'000, 'x') + "\r\n" + good,
      std::string(10'000, 'x') + "\r\n" + good,
      health("X: " + std::string(8'192 - 19, 'x') + "\r\n") + good,
      health("X: " + std::string(8'192 - 18, 'x') + "\r\n") + good,
      health("X: " + std::string(8'192 - 17, 'x') + "\r\n") + good,
      "GET /health HTTP/1.1\r\n" + many_fields + "\r\n" + good,
      "GET /health HTTP/1.1\r\n" + many_fields + "X: y\r\n\r\n" + good,
      "GET /health HTTP/1.1\r\n" + many_fields + "X : y\r\n\r\n" + good,
      "GET /health HTTP/1.1\r\n" + many_fields + "X: y\r\n z\r\n\r\n" + good,
      "GET /health?" + std::string(8'192 - 23, 'x') + " HTTP/1.1\r\nHost: test\r\n\r\n" + good,
      "GET /health?" + std::string(8'192 - 22, 'x') + " HTTP/1.1\r\nHost: test\r\n\r\n" + good,
      calculate(R"({"n":10})" + std::string(4'088, ' ')) + good,
      calculate(R"({"n":10})" + std::string(4'089, ' ')) + good,
      calculate_chunked(bytewise) + good,
      calculate_chunked(bytewise.substr(0, 4'096UL * 6) + "0\r\n\r\n") + good,
      chunked_to(wire_bytes_max, "\r\n\r\n") + good,
      chunked_to(wire_bytes_max + 1, "\r\n\r\n") + good,
      chunked_to(wire_bytes_max, "\rx\r\n\r\n") + good,
      chunked_to(wire_bytes_max + 1, "\rx\r\n\r\n") + good,
      chunked_to(wire_bytes_max + 50, "\rx\r\n\r\n") + good,
      calculate_chunked("8;" + std::string(wire_bytes_max, 'x') + "\rx") + good,
  };
}

TEST(ConversationCut, TestsStreamsOfAllKinds) {
  bool some_closed = false;
  bool some_idle = false;
  bool some_begun = false;
  for (const std::string& stream : short_streams()) {
    const Transcript transcript = uncut(stream);
    some_closed = some_closed || transcript.closed;
    some_idle = some_idle || transcript.idle;
    some_begun = some_begun || (!transcript.closed && !transcript.idle);
  }
  EXPECT_TRUE(some_closed && some_idle && some_begun);
}

TEST(ConversationCut, MakesNoDifferenceAtAnyPlace) {
  for (const std::string& stream : short_streams()) {
    const Transcript expected = uncut(stream);
    for (std::size_t at = 0; at <= stream.size(); ++at) {
      ASSERT_EQ(cut_at(stream, at), expected) << "cut at " << at << " of:\n" << stream;
    }
  }
}

TEST(ConversationCut, MakesNoDifferenceAtEveryByte) {
  for (const std::string& stream : short_streams()) {
    ASSERT_EQ(cut_into(stream, 1), uncut(stream)) << stream;
  }
}

TEST(ConversationCut, MakesNoDifferenceAtRandomPlaces) {
  std::mt19937 random{1};
  for (const std::string& stream : short_streams()) {
    const Transcript expected = uncut(stream);
    for (int i = 0; i < 100; ++i) {
      ASSERT_EQ(cut_at_random(stream, random), expected) << stream;
    }
  }
}

TEST(ConversationCut, MakesNoDifferenceToManyRequestsInARow) {
  std::mt19937 random{2};
  std::vector<std::string> kept_open;
  for (const std::string& stream : short_streams()) {
    if (uncut(stream).idle) {
      kept_open.push_back(stream);
    }
  }
  ASSERT_GT(kept_open.size(), 10U);
  for (int i = 0; i < 50; ++i) {
    std::string row;
    for (int j = 0; j < 10; ++j) {
      row += kept_open[random() % kept_open.size()];
    }
    ASSERT_EQ(cut_at_random(row, random), uncut(row)) << row;
  }
}

TEST(ConversationCut, MakesNoDifferenceAtTheLimits) {
  std::mt19937 random{3};
  for (const std::string& stream : long_streams()) {
    SCOPED_TRACE(stream.substr(0, 200) + "\n... " + std::to_string(stream.size()) + " bytes");
    const Transcript expected = uncut(stream);
    for (const std::size_t size : {7U, 1'000U, 8'192U, 16'384U}) {
      ASSERT_EQ(cut_into(stream, size), expected) << "cut into " << size;
    }
    for (int i = 0; i < 5; ++i) {
      ASSERT_EQ(cut_at_random(stream, random), expected);
    }
  }
}

}  // namespace
}  // namespace primebench
