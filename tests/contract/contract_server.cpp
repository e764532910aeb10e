// Serves the sample picture for contract_test.mjs: prints one line of JSON with its address, a token, the
// route table and the ids of the sample, then answers until its standard input ends.
//
// usage: contract_server [WEB_ROOT]      with WEB_ROOT it also serves a built dashboard, to look at

#include <stdlib.h>

#include <filesystem>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>

#include "api/http/server.hpp"
#include "api/live/broadcaster.hpp"
#include "api/owt/view.hpp"
#include "api/peermetrics/desk.hpp"
#include "api/routes.hpp"
#include "api/service.hpp"
#include "base/text.hpp"
#include "tests/contract/sample_data.hpp"

namespace rtcscope {
namespace {

using Json = nlohmann::ordered_json;

Json parameter_json(const api::Parameter& parameter) {
  Json json{{"name", parameter.name}, {"type", to_string(parameter.type)}, {"required", parameter.required}};
  const bool bounded =
      parameter.type == api::ParameterType::kInteger || parameter.type == api::ParameterType::kText;
  if (bounded) json["minimum"] = parameter.minimum;
  if (bounded) json["maximum"] = parameter.maximum;
  if (parameter.type == api::ParameterType::kWord) json["words"] = parameter.words;
  return json;
}

Json route_table() {
  Json table = Json::array();
  for (const api::Route& route : api::routes()) {
    Json query = Json::array();
    for (const api::Parameter& parameter : route.query) query.push_back(parameter_json(parameter));
    table.push_back({{"method", route.method},
                     {"path", route.path},
                     {"operation_id", route.operation_id},
                     {"role", route.need == api::access::Need::kNothing ? "none" : to_string(route.need)},
                     {"query", std::move(query)}});
  }
  return table;
}

/// By the path that shows such a thing: every one of them, so that each shape of it is validated.
Json sample_ids() {
  const auto ids = [](auto... id) { return Json::array({hex_id(id.value)...}); };
  using namespace sample;
  return {{"/api/v1/conferences/{id}", ids(kLiveConference, kEndedConference, kEmptyConference)},
          {"/api/v1/participants/{id}", ids(kAlice, kBob, kNameless)},
          {"/api/v1/participants/{id}/series", ids(kAlice, kBob, kNameless)},
          {"/api/v1/sessions/{id}", ids(kAliceSession, kBobSession, kNamelessSession)},
          {"/api/v1/connections/{id}", ids(kPublisher, kSubscriber, kFailed, kOfNobody)},
          {"/api/v1/connections/{id}/client_reports", ids(kPublisher, kOfNobody)},
          {"/api/v1/connections/{id}/capture", ids(kPublisher)},
          {"/api/v1/flows/{id}", ids(kLinkedFlow, kSubscriberFlow, kUnmatchedFlow)},
          {"/api/v1/streams/{id}", ids(kAudio, kVideo, kRtx, kDownlink, kUnknown)},
          {"/api/v1/streams/{id}/samples", ids(kAudio, kVideo, kUnknown)},
          {"/api/v1/streams/{id}/series", ids(kAudio, kVideo, kUnknown)}};
}

/// Answers as janus::Ingest does for a server with credentials, for each status that the route can have.
int ingest(const api::IngestDelivery& delivery) {
  if (delivery.authorization != "Basic dXNlcjpwYXNzd29yZA==") return 401;
  if (!delivery.content_encoding.empty() && delivery.content_encoding != "gzip") return 415;
  if (delivery.content_encoding == "gzip" && delivery.body.substr(0, 2) != "\x1f\x8b") return 400;
  return 200;
}

/// Of connections that have packets.
std::optional<api::CaptureAnswer> capture(const api::CaptureQuestion& question) {
  return api::CaptureAnswer{"a capture file", question.flows.size(), question.to, question.from};
}

/// Goes away with what is in it.
struct TemporaryFile {
  TemporaryFile() {
    std::string name = (std::filesystem::temp_directory_path() / "rtcscope-contract-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make the folder " + name);
    folder = name;
    path = (folder / "tokens").string();
  }
  ~TemporaryFile() { std::filesystem::remove_all(folder); }
  std::filesystem::path folder;
  std::string path;
};

UtcTime now() {
  return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
}

int run(const std::string& web_root) {
  const auto store = sample::filled_store();
  const sample::Counters counters;
  const auto metrics = [] { return std::string("# TYPE x gauge\nx 1\n"); };
  const auto log = [](const std::string& line) { std::cerr << line << '\n'; };
  const TemporaryFile file;
  const std::string token =
      create_token(api::access::TokenFile(file.path), "contract", api::access::Role::kAdmin, now(), {}).text;
  api::access::TokenList tokens(file.path, now, log);
  api::access::GuardOptions access;
  access.tokens = &tokens;
  access.ingest_credentials = true;
  access.clock = now;
  api::access::Guard guard(access);
  api::live::Broadcaster live({});
  api::peermetrics::Desk desk(store->client_reports(), {now});
  api::owt::View view{{{"5e1a2b3c4d5e6f7081920a1b", "a key", false}}};
  api::Service service({*store,
                        counters,
                        ingest,
                        "0.1.0",
                        web_root,
                        log,
                        metrics,
                        &guard,
                        {},
                        &live,
                        {},
                        &desk,
                        capture,
                        &view});
  api::http::ServerOptions options;
  options.listen = "127.0.0.1:0";
  api::http::Server server(options, service);
  const api::owt::Service& signer = view.services().front();
  const Json told{{"owt", {{"id", signer.id}, {"key", signer.key}}},
                  {"url", server.url()},
                  {"token", token},
                  {"routes", route_table()},
                  {"ids", sample_ids()}};
  std::cout << told.dump() << std::endl;
  std::cin.ignore(std::numeric_limits<std::streamsize>::max());
  live.stop();
  return 0;
}

}  // namespace
}  // namespace rtcscope

int main(int argc, char** argv) {
  try {
    return rtcscope::run(argc > 1 ? argv[1] : "");
  } catch (const std::exception& error) {
    std::cerr << "contract_server: " << error.what() << '\n';
    return 1;
  }
}
