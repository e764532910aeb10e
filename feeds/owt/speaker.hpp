#pragma once
// One delivery on its way through the Translator (internal to feeds/owt).

#include "feeds/owt/rest_answers.hpp"
#include "feeds/owt/translator.hpp"

namespace rtcscope::feeds::owt {

class Translator::Speaker {
 public:
  Speaker(std::string server, UtcTime time, std::optional<UtcTime> seen_at, Json json, FactSink& sink)
      : server_(std::move(server)), time_(time), seen_at_(seen_at), json_(std::move(json)), sink_(sink) {}

  [[nodiscard]] const Json& json() const noexcept { return json_; }
  /// Of what is told: when it happened, or when it was asked for.
  [[nodiscard]] UtcTime as_of() const noexcept { return seen_at_.value_or(time_); }
  [[nodiscard]] UtcTime time() const noexcept { return time_; }
  [[nodiscard]] bool is_event() const noexcept { return !seen_at_; }

  /// What follows is no event but the state as of now.
  void look_back() noexcept { seen_at_ = time_; }

  void about_room(FactBody body) { say("", "", std::move(body), seen_at_); }
  void about_person(const std::string& id, FactBody body) { say(id, "", std::move(body), seen_at_); }
  void about_transport(const std::string& id, FactBody body) { say("", id, std::move(body), seen_at_); }
  /// That something changed between two answers did happen.
  void notice(FactBody body) { say("", "", std::move(body), std::nullopt); }

  void refuse(EventErrc code) noexcept { counts.refused[static_cast<std::size_t>(code)] += 1; }

  DeliveryCounts counts;

 private:
  void say(const std::string& session, const std::string& handle, FactBody body,
           std::optional<UtcTime> seen_at) {
    counts.facts += 1;
    counts.unknown += std::holds_alternative<OtherEvent>(body) ? 1 : 0;
    sink_.on_fact({{as_of(), server_, session, handle, "", seen_at}, std::move(body)});
  }

  std::string server_;
  UtcTime time_;
  std::optional<UtcTime> seen_at_;
  Json json_;
  FactSink& sink_;
};

/// When the transport of a stream came up whose announcement came at `time`.
HandleOwner::Window announced_at(UtcTime time);

}  // namespace rtcscope::feeds::owt
