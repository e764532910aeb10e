#include "api/parameters.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "api/http/message.hpp"
#include "base/text.hpp"

namespace rtcscope::api {
namespace {

using Value = Arguments::Value;
using ValueResult = Result<Value, ParameterError>;

Unexpected<ParameterError> refused(const Parameter& parameter, const std::string& why) {
  return Unexpected{ParameterError{std::string("parameter \"") + parameter.name + "\" " + why}};
}

/// Code points, as JSON Schema counts maxLength.
std::int64_t characters(std::string_view utf8) {
  return std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xc0) != 0x80; });
}

ValueResult parse_text(const Parameter& parameter, const std::string& text) {
  if (clean_utf8(text, text.size()) != text) return refused(parameter, "is not plain UTF-8 text");
  const std::int64_t length = characters(text);
  if (length < parameter.minimum) return refused(parameter, "is empty");
  if (length > parameter.maximum) {
    return refused(parameter, "is longer than " + std::to_string(parameter.maximum) + " characters");
  }
  return Value(text);
}

ValueResult parse_word(const Parameter& parameter, const std::string& text) {
  std::string words;
  for (const char* word : parameter.words) {
    if (text == word) return Value(text);
    words += std::string(words.empty() ? "" : ", ") + word;
  }
  return refused(parameter, "is none of: " + words);
}

ValueResult parse_integer(const Parameter& parameter, const std::string& text) {
  std::int64_t number = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  const bool in_range = number >= parameter.minimum && number <= parameter.maximum;
  if (error != std::errc{} || end != last || !in_range) {
    return refused(parameter, "is not a whole number from " + std::to_string(parameter.minimum) + " to " +
                                  std::to_string(parameter.maximum));
  }
  return Value(number);
}

ValueResult parse_boolean(const Parameter& parameter, const std::string& text) {
  if (text == "true") return Value(true);
  if (text == "false") return Value(false);
  return refused(parameter, "is neither true nor false");
}

ValueResult parse_time_value(const Parameter& parameter, std::string text) {
  // A '+' that the client did not encode arrives as a space: "2026-11-21T07:10:54 01:00".
  constexpr std::size_t kOffset = 6;
  if (text.size() > kOffset && text[text.size() - kOffset] == ' ') text[text.size() - kOffset] = '+';
  if (const auto time = parse_time(text)) return Value(*time);
  return refused(parameter, "is neither an RFC 3339 time nor epoch seconds");
}

ValueResult parse_value(const Parameter& parameter, const std::string& text) {
  switch (parameter.type) {
    case ParameterType::kText:
      return parse_text(parameter, text);
    case ParameterType::kWord:
      return parse_word(parameter, text);
    case ParameterType::kInteger:
      return parse_integer(parameter, text);
    case ParameterType::kBoolean:
      return parse_boolean(parameter, text);
    case ParameterType::kTime:
      return parse_time_value(parameter, text);
    case ParameterType::kId:
      if (const auto id = parse_id(text)) return Value(*id);
      return refused(parameter, "is not an identifier of 16 hexadecimal digits");
    case ParameterType::kAddress:
      break;
  }
  if (const auto address = store::parse_address_filter(text)) return Value(*address);
  return refused(parameter, "is neither an IP address nor address:port");
}

/// Adds one "name=value" to the arguments; absent when all is well.
std::optional<ParameterError> take_pair(std::string_view pair, const std::vector<Parameter>& allowed,
                                        Arguments& arguments) {
  const std::size_t equals = std::min(pair.find('='), pair.size());
  std::string name, text;
  if (!http::percent_decode(pair.substr(0, equals), true, name) ||
      !http::percent_decode(pair.substr(std::min(equals + 1, pair.size())), true, text)) {
    return ParameterError{"the query is not percent-encoded correctly"};
  }
  const auto parameter = std::find_if(allowed.begin(), allowed.end(),
                                      [&](const Parameter& candidate) { return candidate.name == name; });
  if (parameter == allowed.end()) {
    return ParameterError{"unknown query parameter \"" + clean_utf8(name, 64) + "\""};
  }
  if (arguments.has(name)) return refused(*parameter, "is given more than once").value;
  auto value = parse_value(*parameter, text);
  if (!value) return value.error();
  arguments.put(name, std::move(*value));
  return std::nullopt;
}

}  // namespace

const char* to_string(ParameterType type) noexcept {
  constexpr std::array<const char*, 7> kNames{"text", "word", "integer", "boolean", "id", "time", "address"};
  return kNames[static_cast<std::size_t>(type)];
}

store::PageRequest Arguments::page() const {
  store::PageRequest page;
  page.limit = static_cast<std::uint32_t>(value<std::int64_t>("limit").value_or(page.limit));
  page.cursor = text("cursor").value_or("");
  return page;
}

std::optional<store::State> Arguments::state() const {
  const auto word = text("state");
  if (!word) return std::nullopt;
  return *word == "live" ? store::State::kLive : store::State::kEnded;
}

store::TimeRange Arguments::time_range() const {
  return {value<UtcTime>("from"), value<UtcTime>("to")};
}

Result<Arguments, ParameterError> parse_query(std::string_view query, const std::vector<Parameter>& allowed) {
  Arguments arguments;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    if (auto error = take_pair(pair, allowed, arguments)) return Unexpected{std::move(*error)};
  }
  for (const Parameter& parameter : allowed) {
    if (parameter.required && !arguments.has(parameter.name)) return refused(parameter, "is missing");
  }
  return arguments;
}

std::optional<std::uint64_t> parse_id(std::string_view text) {
  const auto id = parse_hex_id(text);
  return id && *id != 0 ? id : std::nullopt;
}

}  // namespace rtcscope::api
