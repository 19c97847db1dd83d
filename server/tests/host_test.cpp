#include "primebench/http/host.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace primebench {
namespace {

void expect_hosts(std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts) {
    EXPECT_TRUE(is_host(text)) << text;
  }
}

void expect_no_hosts(std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts) {
    EXPECT_FALSE(is_host(text)) << text;
  }
}

TEST(Host, IsARegisteredName) {
  expect_hosts({"test", "primebench.test", "primebench.test.", "TEST", "a-b_c~d.e", "1", "xn--bcher-kva.example"});
  expect_hosts({"!$&'()*+;=", "a!b"});  // sub-delims, but the comma
  expect_no_hosts({"a b", " ", "a\tb", "a/b", "a?b", "a#b", "a\\b", "a|b", "a^b", "a`b", "a\"b", "<a>", "{a}", "http://test"});
  expect_no_hosts(
      {"b\xc3\xbc"
       "cher.example",
       "\x7f", "\x01", std::string_view{"a\0b", 3}});
}

TEST(Host, MayHaveEncodedBytes) {
  expect_hosts({"%41", "a%c3%BCb", "%41:80"});
  expect_no_hosts({"%", "%4", "%4g", "%zz", "a%", "a%4", "a%:80", "%4:80"});
}

TEST(Host, IsNotEmpty) {
  expect_no_hosts({"", ":", ":80"});  // RFC 9110 section 4.2.1
}

TEST(Host, IsNoListAndHasNoUser) { expect_no_hosts({"a,b", "a, b", ",", "user@test", "user:secret@test", "@test", "test@"}); }

TEST(Host, MayHaveAPortOfTcp) {
  expect_hosts({"test:", "test:0", "test:80", "test:080", "test:65535", "127.0.0.1:8080", "test:0000000000000080"});
  expect_no_hosts({"test:65536", "test:99999", "test:18446744073709551696", "test:8o", "test:-1", "test:+1", "test: 80",
                   "test:80 ", "test:80:80", "test::80", "test:%38%30", "a:b"});
}

TEST(Host, IsAnAddress) {
  expect_hosts({"127.0.0.1", "0.0.0.0", "[::]", "[::1]", "[::1]:8080", "[::1]:", "[2001:DB8::a]", "[1:2:3:4:5:6:7:8]",
                "[::ffff:127.0.0.1]", "[1:2:3:4:5:6:127.0.0.1]", "[fedc:ba98:7654:3210:FEDC:BA98:7654:3210]:443"});
  expect_hosts({"999.999.999.999"});  // a registered name, by the grammar
  expect_no_hosts({"::1",
                   "[]",
                   "[",
                   "]",
                   "[::1",
                   "::1]",
                   "[::1]x",
                   "[::1]80",
                   "[::1][::1]",
                   "x[::1]",
                   "[[::1]]",
                   "[ ::1]",
                   "[::1 ]",
                   "[1::2::3]",
                   "[:::]",
                   "[12345::]",
                   "[::g]",
                   "[1:2:3:4:5:6:7]",
                   "[1:2:3:4:5:6:7:8:9]",
                   "[::127.0.0.256]",
                   "[127.0.0.1]",
                   "[test]",
                   "[::1]:65536",
                   "[::1]:x",
                   "[fe80::1%eth0]",
                   "[fe80::1%25eth0]",
                   "[%3a%3a1]",
                   "[0000:0000:0000:0000:0000:0000:0000:0000:0000]"});
  expect_no_hosts({std::string_view{"[::1\0]", 6}});
}

TEST(Host, MayBeAnAddressOfTheFuture) {
  expect_hosts({"[v1.a]", "[V1f.a:b,c~!]", "[v1.:]:80"});
  expect_no_hosts({"[v.a]", "[v1.]", "[v1a]", "[vg.a]", "[1.a]", "[v1.a b]", "[v1.%41]", "[v1.a/b]", "[v]", "[v1.a"});
}

}  // namespace
}  // namespace primebench
