#pragma once
// A change that an operator asks for in OWT's words, and what becomes of it.

#include <functional>
#include <string>
#include <vector>

#include "correlator/model.hpp"

namespace rtcscope::api::owt {

/// One medium of a stream, silenced or not.
struct Mute {
  std::string kind;  // audio, video
  bool mute = false;
  std::vector<std::string> mids;  // of its media, as the client's connection numbers them
};

struct Deed {
  enum class Kind : std::uint8_t { kDropParticipant, kMuteStream };
  Kind kind{};
  model::Conference room;
  std::string person;  // by the media server's id; of a stream its owner
  std::string stream;  // kMuteStream
  std::vector<Mute> mutes;
};

struct DeedAnswer {
  int status = 200;
  int code = 0;         // OWT's, of an error of ours
  std::string message;  // of that error
  std::string body;     // what the media server itself said; "" when it speaks other words
};

/// On any HTTP thread; waits for the media server.
using Actor = std::function<DeedAnswer(const Deed&)>;

}  // namespace rtcscope::api::owt
