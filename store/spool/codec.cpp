#include "store/spool/codec.hpp"

#include <bit>
#include <utility>

#include "base/stable_hash.hpp"
#include "store/sql/columns.hpp"
#include "store/sql/row_codec.hpp"

namespace rtcscope::store::spool {
namespace {

constexpr std::uint64_t kVersion = 1;

class Packer {
 public:
  explicit Packer(std::string& out) noexcept : out_(out) {}

  template <class Tag>
  void operator()(const char*, StrongId<Tag> id) {
    number(id.value);
  }
  void operator()(const char*, UtcTime time) { number(std::bit_cast<std::uint64_t>(ns_since_epoch(time))); }
  void operator()(const char*, const std::string& text) {
    number(text.size());
    out_ += text;
  }
  void operator()(const char*, std::uint64_t value) { number(value); }
  void operator()(const char*, std::int64_t value) { number(std::bit_cast<std::uint64_t>(value)); }
  void operator()(const char*, std::uint32_t value) { number(value); }
  void operator()(const char*, std::uint8_t value) { out_ += static_cast<char>(value); }
  void operator()(const char*, bool value) { out_ += static_cast<char>(value); }
  void operator()(const char*, double value) { number(std::bit_cast<std::uint64_t>(value)); }
  void operator()(const char*, model::Source source) { out_ += static_cast<char>(source); }
  void operator()(const char* name, const model::Evidence& evidence) {
    (*this)(name, evidence.kind);
    (*this)(name, evidence.detail);
  }
  template <class T>
  void operator()(const char* name, const std::vector<T>& list) {
    number(list.size());
    for (const T& item : list) (*this)(name, item);
  }
  template <class T>
  void operator()(const char* name, const std::optional<T>& value) {
    (*this)(name, value.has_value());
    if (value) (*this)(name, *value);
  }
  void ending(const char* name, const char*, const char*, const std::optional<model::Ending>& ending) {
    (*this)(name, ending.has_value());
    if (!ending) return;
    (*this)(name, ending->time);
    (*this)(name, ending->reason);
    (*this)(name, ending->source);
  }
  void endpoint(const char* name, const char*, const Endpoint& endpoint) {
    (*this)(name, static_cast<std::uint8_t>(endpoint.address.family));
    for (const std::uint8_t octet : endpoint.address.octets) (*this)(name, octet);
    (*this)(name, std::uint32_t{endpoint.port});
  }

 private:
  void number(std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) out_ += static_cast<char>(value >> shift & 0xff);
  }

  std::string& out_;
};

class Unpacker {
 public:
  explicit Unpacker(ByteReader& in) noexcept : in_(in) {}

  template <class Tag>
  void operator()(const char*, StrongId<Tag>& id) {
    id.value = in_.u64();
  }
  void operator()(const char*, UtcTime& time) { time = utc_from_ns(std::bit_cast<std::int64_t>(in_.u64())); }
  void operator()(const char*, std::string& text) {
    const Bytes octets = in_.take(count());
    text.assign(reinterpret_cast<const char*>(octets.data()), octets.size());
  }
  void operator()(const char*, std::uint64_t& value) { value = in_.u64(); }
  void operator()(const char*, std::int64_t& value) { value = std::bit_cast<std::int64_t>(in_.u64()); }
  void operator()(const char*, std::uint32_t& value) { value = static_cast<std::uint32_t>(in_.u64()); }
  void operator()(const char*, std::uint8_t& value) { value = in_.u8(); }
  void operator()(const char*, bool& value) { value = in_.u8() != 0; }
  void operator()(const char*, double& value) { value = std::bit_cast<double>(in_.u64()); }
  void operator()(const char*, model::Source& source) { source = static_cast<model::Source>(in_.u8()); }
  void operator()(const char* name, model::Evidence& evidence) {
    (*this)(name, evidence.kind);
    (*this)(name, evidence.detail);
  }
  template <class T>
  void operator()(const char* name, std::vector<T>& list) {
    list.resize(count());
    for (T& item : list) (*this)(name, item);
  }
  template <class T>
  void operator()(const char* name, std::optional<T>& value) {
    if (flag()) (*this)(name, value.emplace());
  }
  void ending(const char* name, const char*, const char*, std::optional<model::Ending>& ending) {
    if (!flag()) return;
    ending.emplace();
    (*this)(name, ending->time);
    (*this)(name, ending->reason);
    (*this)(name, ending->source);
  }
  void endpoint(const char*, const char*, Endpoint& endpoint) {
    endpoint.address.family = static_cast<IpFamily>(in_.u8());
    for (std::uint8_t& octet : endpoint.address.octets) octet = in_.u8();
    endpoint.port = static_cast<std::uint16_t>(in_.u64());
  }

 private:
  [[nodiscard]] bool flag() { return in_.u8() != 0; }
  /// Of octets or items; none is smaller than an octet, so more than are left cannot be.
  std::size_t count() {
    const std::uint64_t wanted = in_.u64();
    if (wanted > in_.remaining()) in_.skip(in_.remaining() + 1);
    return in_.ok() ? static_cast<std::size_t>(wanted) : 0;
  }

  ByteReader& in_;
};

template <std::size_t I = 0>
std::optional<model::Change> unpack_one(std::size_t kind, ByteReader& in) {
  if constexpr (I < std::variant_size_v<model::Change>) {
    if (kind != I) return unpack_one<I + 1>(kind, in);
    std::variant_alternative_t<I, model::Change> entity{};
    Unpacker unpacker(in);
    sql::visit(unpacker, entity);
    if (in.ok()) return entity;
  }
  return std::nullopt;
}

template <std::size_t... I>
std::uint64_t hash_columns(std::index_sequence<I...>) {
  StableHash hash;
  hash.add(kVersion);
  const auto add = [&hash](const std::vector<std::string>& names) {
    hash.add(static_cast<std::uint64_t>(names.size()));
    for (const std::string& name : names) hash.add(name);
  };
  (add(sql::columns_of<std::variant_alternative_t<I, model::Change>>()), ...);
  return hash.value();
}

}  // namespace

std::string pack(std::span<const model::Change> changes) {
  std::string octets;
  Packer packer(octets);
  for (const model::Change& change : changes) {
    packer("", static_cast<std::uint8_t>(change.index()));
    std::visit([&](const auto& entity) { sql::visit(packer, entity); }, change);
  }
  return octets;
}

std::optional<std::vector<model::Change>> unpack(Bytes octets) {
  ByteReader in(octets);
  std::vector<model::Change> changes;
  while (in.remaining() > 0) {
    auto change = unpack_one(in.u8(), in);
    if (!change) return std::nullopt;
    changes.push_back(*std::move(change));
  }
  return changes;
}

std::uint64_t format_number() {
  return hash_columns(std::make_index_sequence<std::variant_size_v<model::Change>>{});
}

}  // namespace rtcscope::store::spool
