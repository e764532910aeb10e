#pragma once
// What the handlers are given by app/.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/stats.hpp"
#include "base/net.hpp"
#include "base/time.hpp"
#include "store/store.hpp"

namespace rtcscope::api {

namespace access {
class Guard;
}
namespace live {
class Broadcaster;
}
namespace owt {
class View;
}
namespace peermetrics {
class Desk;
}

/// One POST to an ingest route. The views live as long as the call.
struct IngestDelivery {
  std::string_view content_encoding;  // header value; "" when absent
  std::string_view authorization;     // header value; "" when absent
  std::string_view body;
  bool authorised = false;  // by a token; else the target asks for its own credentials
};

/// Something that was done to rtcscope itself.
struct AuditEntry {
  const char* action;    // login, token_created, capture_downloaded, ...
  std::string actor;     // name of the token
  std::string token_id;  // "" for somebody unknown
  std::string address;
  std::string what;  // goes after the actor: "logged in"
};

/// Packets of some flows.
struct CaptureQuestion {
  std::vector<FiveTuple> flows;  // each stands for both directions
  UtcTime from{}, to{};          // without `to`
  bool pseudonymise = false;
  std::string comment;  // for the file: what it is a capture of
};

struct CaptureAnswer {
  std::string pcapng;
  std::uint64_t packets = 0;
  std::optional<UtcTime> ended_early;  // time of the first packet that found no room in it
  std::optional<UtcTime> oldest;       // packet that is kept at all
};

/// On any HTTP thread; takes as long as reading takes. nullopt: it is being read for somebody else.
using CaptureSource = std::function<std::optional<CaptureAnswer>(const CaptureQuestion&)>;

/// Takes a delivery without waiting, on any HTTP thread; returns 200, 400 (broken compression), 401, 413,
/// 415, or 503 when there was no room for it.
using IngestTarget = std::function<int(const IngestDelivery&)>;

struct Services {
  const store::StoreReader& store;
  const StatsSource& stats;
  IngestTarget ingest_janus;
  std::string version;
  std::string web_root;                                // folder of the built dashboard; need not exist
  std::function<void(const std::string&)> on_error{};  // one line for the log; may be empty
  std::function<std::string()> metrics = [] { return std::string(); };  // the page of /metrics
  access::Guard* guard = nullptr;                  // who may do what; null: everybody everything
  std::function<void(const AuditEntry&)> audit{};  // on any HTTP thread; may be empty
  live::Broadcaster* live = nullptr;               // null: nothing is pushed
  std::vector<std::string> cors_origins{};         // pages of these origins may use the API with a token
  peermetrics::Desk* peermetrics = nullptr;        // null: clients report nothing
  CaptureSource capture{};                         // empty: headers of packets are not kept
  owt::View* owt = nullptr;                        // null: nobody is told in OWT's words
};

}  // namespace rtcscope::api
