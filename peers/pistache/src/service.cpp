#include "service.hpp"

#include <algorithm>
#include <cctype>
#include <ctime>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "documents.hpp"

namespace http = Pistache::Http;

namespace {

/// The Date field, made anew once a second (RFC 9110, section 6.6.1).
const std::string& date() {
  thread_local std::time_t made = 0;
  thread_local std::string text;
  if (const std::time_t now = std::time(nullptr); now != made) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    char buffer[32];
    text.assign(buffer, std::strftime(buffer, sizeof buffer, "%a, %d %b %Y %H:%M:%S GMT", &parts));
    made = now;
  }
  return text;
}

/// Pistache sends no Date by itself, and of fields typed ones alone.
class Date : public http::Header::Header {
public:
  NAME("Date")

  void parse(const std::string&) override {}
  void write(std::ostream& stream) const override { stream << date(); }
};

const http::Mime::MediaType media_json = MIME(Application, Json);
const http::Mime::MediaType media_text = MIME(Text, Plain);
const http::Mime::MediaType media_problem = http::Mime::MediaType::fromString("application/problem+json");

constexpr std::string_view items = "/json/";

/// A request with the writer of its answer.
class Exchange {
public:
  Exchange(const http::Request& request, http::ResponseWriter& response) : request_(request), response_(response) {
    response_.headers().add<Date>();
  }

  void for_get(const http::Mime::MediaType& type, const std::function<std::string()>& content) {
    if (request_.method() == http::Method::Get) {
      response_.send(http::Code::Ok, content(), type);
    } else if (request_.method() == http::Method::Head) {
      response_.send(http::Code::Ok, "", type);
    } else {
      refuse_method({http::Method::Get, http::Method::Head});
    }
  }

  void for_post(std::size_t limit, const std::function<std::string(const std::string&)>& content) {
    if (request_.method() != http::Method::Post) return refuse_method({http::Method::Post});
    if (!is_json()) throw Problem(415, "Unsupported Media Type", "the content type is not application/json");
    if (request_.body().size() > limit) throw Problem(413, "Content Too Large", "the body is longer than this service reads");
    response_.send(http::Code::Ok, content(request_.body()), media_json);
  }

  void refuse(const Problem& problem) {
    const std::string body = request_.method() == http::Method::Head ? "" : problem.body();
    response_.send(static_cast<http::Code>(problem.status()), body, media_problem);
  }

private:
  void refuse_method(std::vector<http::Method> allowed) {
    response_.headers().add<http::Header::Allow>(std::move(allowed));
    throw Problem(405, "Method Not Allowed", "the Allow field names the methods of this path");
  }

  /// In any case, with any parameters (RFC 9110, section 8.3.1). Pistache keeps what it can type, and not as it was written.
  bool is_json() const {
    const auto typed = request_.headers().tryGet<http::Header::ContentType>();
    const auto raw = request_.headers().tryGetRaw("Content-Type");
    std::string text = raw ? raw->value() : typed ? typed->mime().toString() : "";
    text.erase(std::min(text.find(';'), text.size()));
    text.erase(text.find_last_not_of(" \t") + 1);
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text == "application/json";
  }

  const http::Request& request_;
  http::ResponseWriter& response_;
};

void route(const std::string& path, Exchange& exchange, std::uint32_t max_n) {
  if (path == "/calculate") {
    exchange.for_post(calculate_limit, [max_n](const std::string& body) { return calculate(body, max_n); });
  } else if (path == "/plaintext") {
    exchange.for_get(media_text, [] { return std::string("Hello, World!"); });
  } else if (path == "/json") {
    exchange.for_post(order_limit, order);
  } else if (path == "/health") {
    exchange.for_get(media_json, [] { return std::string(R"({"status":"ok"})"); });
  } else if (path.starts_with(items)) {
    const std::string document = item(std::string_view(path).substr(items.size()));
    exchange.for_get(media_json, [&document] { return document; });
  } else {
    throw Problem(404, "Not Found", "there is nothing at this path");
  }
}

}  // namespace

void Service::onRequest(const http::Request& request, http::ResponseWriter response) {
  Exchange exchange(request, response);
  try {
    route(request.resource(), exchange, max_n_);
  } catch (const Problem& problem) {
    exchange.refuse(problem);
  }
}
