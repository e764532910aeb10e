#pragma once
// Members to parameters, columns to members.

#include <optional>
#include <string>
#include <vector>

#include "base/net.hpp"
#include "base/strong_id.hpp"
#include "correlator/model.hpp"
#include "store/sql/columns.hpp"
#include "store/sql/connection.hpp"

namespace rtcscope::store::sql {

model::Source source_of(const std::string& text) noexcept;  // anything unknown is kObserver
std::string evidence_text(const std::vector<model::Evidence>& evidence);
std::string list_text(const std::vector<std::string>& list);        // JSON
std::vector<std::string> list_of(const std::string& text);          // what cannot be read is left out
std::vector<model::Evidence> evidence_of(const std::string& text);  // what cannot be read is left out
IpAddress address_of(const std::string& text) noexcept;

/// Collects the names.
class ColumnNames {
 public:
  template <class Member>
  void operator()(const char* name, const Member&) {
    names.emplace_back(name);
  }
  template <class Member>
  void ending(const char* time, const char* reason, const char* source, const Member&) {
    names.insert(names.end(), {time, reason, source});
  }
  template <class Member>
  void endpoint(const char* address, const char* port, const Member&) {
    names.insert(names.end(), {address, port});
  }

  std::vector<std::string> names;
};

template <class Entity>
const std::vector<std::string>& columns_of() {
  static const std::vector<std::string> names = [] {
    ColumnNames collector;
    const Entity entity{};
    visit(collector, entity);
    return collector.names;
  }();
  return names;
}

/// "s.id, s.flow_id, ..." for alias "s".
template <class Entity>
std::string select_list(const std::string& alias) {
  std::string list;
  for (const std::string& name : columns_of<Entity>())
    list += (list.empty() ? "" : ", ") + alias + "." + name;
  return list;
}

class Binder {
 public:
  explicit Binder(Statement& statement) noexcept : statement_(statement) {}

  template <class Tag>
  void operator()(const char*, StrongId<Tag> id) {
    statement_.bind(to_signed(id.value));
  }
  void operator()(const char*, UtcTime time) { statement_.bind(ns_since_epoch(time)); }
  void operator()(const char*, const std::string& text) { statement_.bind(std::string_view(text)); }
  void operator()(const char*, std::uint64_t value) { statement_.bind(to_signed(value)); }
  void operator()(const char*, std::int64_t value) { statement_.bind(value); }
  void operator()(const char*, std::uint32_t value) { statement_.bind(std::int64_t{value}); }
  void operator()(const char*, std::uint8_t value) { statement_.bind(std::int64_t{value}); }
  void operator()(const char*, bool value) { statement_.bind(std::int64_t{value}); }
  void operator()(const char*, double value) { statement_.bind(value); }
  void operator()(const char*, model::Source source) { statement_.bind(std::string_view(to_string(source))); }
  void operator()(const char*, const std::vector<std::string>& list) { statement_.bind(list_text(list)); }
  void operator()(const char*, const std::vector<model::Evidence>& list) {
    statement_.bind(evidence_text(list));
  }
  template <class T>
  void operator()(const char* name, const std::optional<T>& value) {
    if (value) {
      (*this)(name, *value);
    } else {
      statement_.bind_null();
    }
  }
  void ending(const char* time, const char* reason, const char* source,
              const std::optional<model::Ending>& ending);
  void endpoint(const char* address, const char* port, const Endpoint& endpoint);

 private:
  Statement& statement_;
};

class Reader {
 public:
  explicit Reader(Statement& statement) noexcept : statement_(statement) {}

  template <class Tag>
  void operator()(const char*, StrongId<Tag>& id) {
    id.value = to_unsigned(statement_.integer());
  }
  void operator()(const char*, UtcTime& time) { time = utc_from_ns(statement_.integer()); }
  void operator()(const char*, std::string& text) { text = statement_.text(); }
  void operator()(const char*, std::uint64_t& value) { value = to_unsigned(statement_.integer()); }
  void operator()(const char*, std::int64_t& value) { value = statement_.integer(); }
  void operator()(const char*, std::uint32_t& value) {
    value = static_cast<std::uint32_t>(statement_.integer());
  }
  void operator()(const char*, std::uint8_t& value) {
    value = static_cast<std::uint8_t>(statement_.integer());
  }
  void operator()(const char*, bool& value) { value = statement_.integer() != 0; }
  void operator()(const char*, double& value) { value = statement_.real(); }
  void operator()(const char*, model::Source& source) { source = source_of(statement_.text()); }
  void operator()(const char*, std::vector<std::string>& list) { list = list_of(statement_.text()); }
  void operator()(const char*, std::vector<model::Evidence>& list) { list = evidence_of(statement_.text()); }
  template <class T>
  void operator()(const char* name, std::optional<T>& value) {
    value.reset();
    if (statement_.null_next()) {
      statement_.skip();
    } else {
      (*this)(name, value.emplace());
    }
  }
  void ending(const char* time, const char* reason, const char* source, std::optional<model::Ending>& ending);
  void endpoint(const char* address, const char* port, Endpoint& endpoint);

 private:
  Statement& statement_;
};

/// The entity whose columns come next in the row.
template <class Entity>
Entity read(Statement& row) {
  Entity entity;
  Reader reader(row);
  visit(reader, entity);
  return entity;
}

std::optional<model::Ending> read_ending(Statement& row);

}  // namespace rtcscope::store::sql
