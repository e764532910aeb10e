#pragma once
// Collects why figures of a stream are not there.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "correlator/model.hpp"
#include "flows/report.hpp"

namespace rtcscope::correlator {

/// Why the members of one group are empty.
class AbsenceList {
 public:
  explicit AbsenceList(std::vector<model::Evidence>& list) : list_(list) {}

  template <class Group>
  void add(const Group& group, std::string_view reason) {
    reason_ = reason;
    visit(*this, group);
  }
  template <class Value>
  void operator()(const char* name, const std::optional<Value>& value) {
    if (!value) list_.push_back({name, std::string(reason_)});
  }
  template <class Value>
  void operator()(const char*, const Value&) {}

  void one(const char* name, bool present, std::string_view reason) {
    if (!present) list_.push_back({name, std::string(reason)});
  }

 private:
  std::vector<model::Evidence>& list_;
  std::string_view reason_;
};

void add_key_frame_absences(AbsenceList& absent, const model::Stream& stream,
                            const flows::StreamReport& report);

}  // namespace rtcscope::correlator
