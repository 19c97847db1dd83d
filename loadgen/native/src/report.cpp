#include "report.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <string_view>

namespace primebench::load {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void write(Writer& writer, std::string_view text) { writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size())); }

}  // namespace

void Counts::add(const Counts& other) {
  begun.resize(std::max(begun.size(), other.begun.size()));
  for (std::size_t kind = 0; kind < other.begun.size(); ++kind) {
    begun[kind] += other.begun[kind];
  }
  for (const auto& [error, count] : other.errors) {
    errors[error] += count;
  }
  connections += other.connections;
}

std::string report(const Counts& counts, std::span<const std::string> kinds, bool ran_out, std::int64_t began_ns,
                   std::int64_t load_began_ns, std::int64_t ended_ns) {
  rapidjson::StringBuffer buffer;
  Writer writer{buffer};
  writer.StartObject();
  writer.Key("began_ns");
  writer.Int64(began_ns);
  writer.Key("load_began_ns");
  writer.Int64(load_began_ns);
  writer.Key("ended_ns");
  writer.Int64(ended_ns);
  writer.Key("connections");
  writer.Uint64(counts.connections);
  writer.Key("ran_out");
  writer.Bool(ran_out);
  writer.Key("begun");
  writer.StartObject();
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    write(writer, kinds[kind]);
    writer.Uint64(kind < counts.begun.size() ? counts.begun[kind] : 0);
  }
  writer.EndObject();
  writer.Key("errors");
  writer.StartObject();
  for (const auto& [error, count] : counts.errors) {
    write(writer, error);
    writer.Uint64(count);
  }
  writer.EndObject();
  writer.EndObject();
  return buffer.GetString();
}

}  // namespace primebench::load
