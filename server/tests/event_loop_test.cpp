#include "net/event_loop.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/error.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "net/socket.hpp"

namespace primebench {
namespace {

using ErrorCode = Socket::ErrorCode;
using Readiness = EventLoop::Readiness;

/// Two ends of a connection that never block.
std::pair<Socket, Socket> connection() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
  return {Socket{Descriptor{ends[0]}}, Socket{Descriptor{ends[1]}}};
}

void write(Socket& socket, std::string_view bytes) {
  ErrorCode error;
  EXPECT_EQ(socket.write_some(bytes, error), bytes.size()) << error;
}

std::string read(Socket& socket, std::size_t bytes_max = 100) {
  ErrorCode error;
  std::string buffer(bytes_max, '\0');
  buffer.resize(socket.read_some(buffer, error));
  return buffer;
}

ErrorCode error_of_read(Socket& socket) {
  ErrorCode error;
  std::array<char, 1> byte{};
  EXPECT_EQ(socket.read_some(byte, error), 0U);
  return error;
}

/// Remembers what it is told and does something about it.
class Witness final : public EventLoop::Watcher {
public:
  explicit Witness(std::function<void()> then) : then_{std::move(then)} {}

  void on_ready(Readiness readiness) override {
    seen_.push_back(readiness);
    then_();
  }

  [[nodiscard]] const std::vector<Readiness>& seen() const noexcept { return seen_; }

private:
  std::function<void()> then_;
  std::vector<Readiness> seen_;
};

void watch(EventLoop& loop, const Socket& socket, Witness& witness) {
  ErrorCode error;
  loop.watch(socket, witness, error);
  ASSERT_FALSE(error) << error;
}

void ignore_timer() {}

TEST(Socket, SaysWhyNothingWasRead) {
  auto [here, there] = connection();
  EXPECT_EQ(error_of_read(here), boost::asio::error::would_block);
  {
    const Socket gone = std::move(there);
  }
  EXPECT_EQ(error_of_read(here), boost::asio::error::eof);
}

TEST(Socket, SaysWhyNothingWasWritten) {
  auto [here, there] = connection();
  ErrorCode error;
  const std::string much(1'000'000, 'x');
  while (!error) {
    EXPECT_LT(here.write_some(much, error), much.size());
  }
  EXPECT_EQ(error, boost::asio::error::would_block);
  {
    const Socket gone = std::move(there);
  }
  EXPECT_EQ(here.write_some("x", error), 0U);
  EXPECT_TRUE(error == boost::asio::error::broken_pipe || error == boost::asio::error::connection_reset) << error;
}

TEST(Socket, TellsTheClientThatNoMoreIsSent) {
  auto [here, there] = connection();
  ErrorCode error;
  here.shutdown_send(error);
  EXPECT_FALSE(error);
  EXPECT_EQ(error_of_read(there), boost::asio::error::eof);
  write(there, "still heard");
  EXPECT_EQ(read(here), "still heard");
}

TEST(EventLoop, TellsWhatASocketHeldBefore) {
  auto [here, there] = connection();
  write(there, "x");
  EventLoop loop{ignore_timer};
  Witness witness{[&] { loop.stop(); }};
  watch(loop, here, witness);
  loop.run();
  ASSERT_EQ(witness.seen().size(), 1U);
  EXPECT_TRUE(witness.seen()[0].readable);
  EXPECT_FALSE(witness.seen()[0].ended);
}

/// What a connection builds on: a read that fills less than its room is enough, and what is left unread is not told again.
TEST(EventLoop, TellsOnceOfWhatHasCome) {
  auto [here, there] = connection();
  EventLoop loop{ignore_timer};
  int rounds = 0;
  Witness witness{[&] {
    if (++rounds == 1) {
      EXPECT_EQ(read(here), "first");
      write(there, "second");
    } else {
      EXPECT_EQ(read(here, 3), "sec");
      loop.post([&] { loop.stop(); });  // which is after whatever else there was to tell
    }
  }};
  watch(loop, here, witness);
  write(there, "first");
  loop.run();
  EXPECT_EQ(witness.seen().size(), 2U);
}

TEST(EventLoop, TellsOfAnEndThatCameWithTheLastBytes) {
  auto [here, there] = connection();
  write(there, "last");
  ErrorCode error;
  there.shutdown_send(error);
  EventLoop loop{ignore_timer};
  Witness witness{[&] { loop.stop(); }};
  watch(loop, here, witness);
  loop.run();
  ASSERT_EQ(witness.seen().size(), 1U);
  EXPECT_TRUE(witness.seen()[0].readable);
  EXPECT_TRUE(witness.seen()[0].ended);
}

TEST(EventLoop, TellsThatASocketTakesBytesAgain) {
  auto [here, there] = connection();
  ErrorCode error;
  const std::string much(1'000'000, 'x');
  while (!error) {
    (void)here.write_some(much, error);
  }
  EventLoop loop{ignore_timer};
  Witness witness{[&] { loop.stop(); }};
  watch(loop, here, witness);
  loop.post([&] {
    while (!read(there, much.size()).empty()) {
    }
  });
  loop.run();
  ASSERT_EQ(witness.seen().size(), 1U);
  EXPECT_TRUE(witness.seen()[0].writable);
  EXPECT_FALSE(witness.seen()[0].readable);
}

TEST(EventLoop, LetsAWatcherCloseItsSocket) {
  auto [here, there] = connection();
  auto watched = std::make_unique<Socket>(std::move(here));
  EventLoop loop{ignore_timer};
  Witness witness{[&] {
    watched.reset();
    loop.post([&] { loop.stop(); });
  }};
  watch(loop, *watched, witness);
  write(there, "x");
  loop.run();
  EXPECT_EQ(witness.seen().size(), 1U);
}

/// A task may close any socket, so no event of it may be left to tell.
TEST(EventLoop, CallsTasksAfterAllWatchers) {
  auto [first, first_client] = connection();
  auto [second, second_client] = connection();
  write(first_client, "x");
  write(second_client, "x");
  EventLoop loop{ignore_timer};
  std::string order;
  const auto post_once = [&] {
    order += 'w';
    loop.post([&] {
      order += 't';
      loop.stop();
    });
  };
  Witness first_witness{post_once};
  Witness second_witness{[&] { order += 'w'; }};
  watch(loop, first, first_witness);
  watch(loop, second, second_witness);
  loop.run();
  EXPECT_EQ(order, "wwt");
}

TEST(EventLoop, CallsWhatATaskPostsOnALaterRound) {
  auto [here, there] = connection();
  EventLoop loop{ignore_timer};
  std::string order;
  Witness witness{[&] { order += 'w'; }};
  watch(loop, here, witness);
  loop.post([&] {
    write(there, "x");
    order += '1';
    loop.post([&] {
      order += '2';
      loop.stop();
    });
  });
  loop.run();
  EXPECT_EQ(order.find("12"), std::string::npos) << order;
}

TEST(EventLoop, IsWokenByAnotherThread) {
  EventLoop loop{ignore_timer};
  int called = 0;
  constexpr int times = 1'000;
  const std::jthread other{[&] {
    for (int i = 0; i < times; ++i) {
      loop.post([&] {
        if (++called == times) {
          loop.stop();
        }
      });
    }
  }};
  loop.run();
  EXPECT_EQ(called, times);
}

TEST(EventLoop, CallsTheTimerAsOftenAsItIsSet) {
  int called = 0;
  EventLoop* self = nullptr;
  EventLoop loop{[&] { ++called < 3 ? self->set_timer(std::chrono::milliseconds{1}) : self->stop(); }};
  self = &loop;
  loop.set_timer(std::chrono::milliseconds{1});
  loop.run();
  EXPECT_EQ(called, 3);
}

}  // namespace
}  // namespace primebench
