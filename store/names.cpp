#include "store/queries.hpp"
#include "store/store_error.hpp"

namespace rtcscope::store {

const char* to_string(SearchType type) noexcept {
  switch (type) {
    case SearchType::kConference:
      return "conference";
    case SearchType::kParticipant:
      return "participant";
    case SearchType::kConnection:
      return "connection";
    case SearchType::kFlow:
      return "flow";
    case SearchType::kStream:
      return "stream";
  }
  return "";
}

const char* to_string(StoreErrc code) noexcept {
  switch (code) {
    case StoreErrc::kCannotOpen:
      return "cannot_open";
    case StoreErrc::kNotADatabase:
      return "not_a_database";
    case StoreErrc::kNewerSchema:
      return "newer_schema";
    case StoreErrc::kReadOnly:
      return "read_only";
    case StoreErrc::kBusy:
      return "busy";
    case StoreErrc::kFull:
      return "full";
    case StoreErrc::kIo:
      return "io";
    case StoreErrc::kRejected:
      return "rejected";
    case StoreErrc::kBadCursor:
      return "bad_cursor";
    case StoreErrc::kInternal:
      return "internal";
  }
  return "internal";
}

}  // namespace rtcscope::store
