#include "primebench/http/request_target.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace primebench {
namespace {

constexpr std::array all_forms{TargetForms::usual, TargetForms::with_asterisk, TargetForms::authority};

void expect_path(std::string_view target, std::string_view path) {
  EXPECT_EQ(path_and_query_of(target, TargetForms::usual), path) << target;
  EXPECT_EQ(path_and_query_of(target, TargetForms::with_asterisk), path) << target;
  EXPECT_EQ(path_and_query_of(target, TargetForms::authority), std::nullopt) << target;
}

void expect_none(std::string_view target) {
  for (const TargetForms forms : all_forms) {
    EXPECT_EQ(path_and_query_of(target, forms), std::nullopt) << target;
  }
}

TEST(RequestTarget, IsAPathInOriginForm) {
  for (const std::string_view target : {"/", "/health", "/calculate?x=1", "//", "//a//b/", "/?", "/a?b?c/d",
                                        "/a;b=c,d/@:!$&'()*+=~_-.", "/%41%c3%bc", "/a?%20", "/a?:@/?!$&'()*+,;=~"}) {
    expect_path(target, target);
  }
}

TEST(RequestTarget, IsPathAndQueryOfAnAbsoluteForm) {
  expect_path("http://test/health", "/health");
  expect_path("HTTP://TEST/health?x=1", "/health?x=1");
  expect_path("http://test:8080/health", "/health");
  expect_path("http://[::1]:8080/health", "/health");
  expect_path("http://test", "/");
  expect_path("http://test?x", "?x");
}

TEST(RequestTarget, HasTheCharactersOfAUri) {
  for (int c = 0; c < 256; ++c) {
    const std::string pchar_or_more = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?";
    const std::string target{'/', 'a', static_cast<char>(c), 'b'};
    const bool is_right = pchar_or_more.find(static_cast<char>(c)) != std::string::npos;
    EXPECT_EQ(path_and_query_of(target, TargetForms::usual).has_value(), is_right) << c;
    EXPECT_EQ(path_and_query_of("/?" + target, TargetForms::usual).has_value(), is_right) << c;
    EXPECT_EQ(path_and_query_of("http://test" + target, TargetForms::usual).has_value(), is_right) << c;
  }
}

TEST(RequestTarget, HasWholeEncodedBytes) {
  for (const std::string_view target :
       {"/%", "/%4", "/%zz", "/%4g", "/%%41", "/a?%", "/a?%2", "http://test/%", "http://%zz/"}) {
    expect_none(target);
  }
}

TEST(RequestTarget, HasNoFragment) {
  for (const std::string_view target : {"/#", "/health#a", "/health?x#a", "http://test#a", "http://test/#a"}) {
    expect_none(target);
  }
}

TEST(RequestTarget, HasNoOtherScheme) {
  for (const std::string_view target : {"https://test/health", "ftp://test/health", "urn:health", "http:/health", "http:health",
                                        "http:", "ttp://test/", "://test/", "health", "", "test:80/health", "?x", "\\health"}) {
    expect_none(target);
  }
}

TEST(RequestTarget, HasAValidHostAndNoUser) {
  for (const std::string_view target :
       {"http://", "http:///health", "http://:80/health", "http://?x", "http://user@test/health",
        "http://user:secret@test/health", "http://a b/", "http://test:65536/", "http://[::1/health", "http://test:x/health",
        "http://test\\health"}) {
    expect_none(target);
  }
}

TEST(RequestTarget, IsAnAsteriskForOptionsAlone) {
  EXPECT_EQ(path_and_query_of("*", TargetForms::with_asterisk), "*");
  EXPECT_EQ(path_and_query_of("*", TargetForms::usual), std::nullopt);
  EXPECT_EQ(path_and_query_of("*", TargetForms::authority), std::nullopt);
  expect_none("*?x");
  expect_none("**");
}

TEST(RequestTarget, IsHostAndPortForConnectAlone) {
  for (const std::string_view target : {"test:80", "127.0.0.1:8080", "[::1]:443"}) {
    EXPECT_EQ(path_and_query_of(target, TargetForms::authority), target);
    EXPECT_EQ(path_and_query_of(target, TargetForms::usual), std::nullopt);
    EXPECT_EQ(path_and_query_of(target, TargetForms::with_asterisk), std::nullopt);
  }
  for (const std::string_view target :
       {"test", "test1", "test:", ":80", "[::1]", "[::1]:", "test:65536", "user@test:80", "test:80/"}) {
    EXPECT_EQ(path_and_query_of(target, TargetForms::authority), std::nullopt) << target;
  }
}

}  // namespace
}  // namespace primebench
