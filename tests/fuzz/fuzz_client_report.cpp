// Input: an octet that chooses the report, and its body. The body gets the token of a session and the id of
// a connection where it names them "$"; what it wrote is undone. Two more are a token and a query.

#include <memory>

#include "api/peermetrics/connections.hpp"
#include "api/peermetrics/query.hpp"
#include "api/peermetrics/sessions.hpp"
#include "api/peermetrics/shapes.hpp"
#include "api/peermetrics/token.hpp"
#include "store/sqlite_store.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace rtcscope;
using namespace rtcscope::api::peermetrics;

namespace {

constexpr UtcTime kNow = utc_from_ns(1'795'226'111'283'339'000);

/// A store with one app, one session and one connection.
struct World {
  std::unique_ptr<store::Store> store;
  std::unique_ptr<Desk> desk;
  std::string token, connection;

  World() {
    auto opened = store::open_sqlite(":memory:");
    fuzz::check(opened.has_value(), "a store in memory opens");
    store = std::move(*opened);
    desk = std::make_unique<Desk>(store->client_reports(), DeskOptions{[] { return kNow; }});
    const auto filled = store->client_reports().write([&](client::Rows& rows) { return fill(rows); });
    fuzz::check(filled.has_value(), "the store takes the first rows");
  }

  bool fill(client::Rows& rows) {
    client::App app;
    app.id = new_uuid();
    app.api_key = std::string(32, 'k');
    rows.save(app);
    const Json who{{"apiKey", app.api_key}, {"conferenceId", "c"}, {"userId", "u"}};
    const Json init = *take_initialize(*desk, rows, who, "", kNow);
    token = (*take_session(*desk, rows, init, kNow)).at("token");
    const Json added{{"token", token}, {"eventName", "addConnection"}, {"peerId", "p"}};
    auto scope = Scope::open(*desk, rows, added, kNow);
    connection = (*take_connection_event(*scope, added)).at("connection_id");
    scope->finish();
    return true;
  }
};

World& world() {
  static World one;
  return one;
}

void put_ids(Json& body) {
  World& w = world();
  if (body.contains("token") && body["token"] == "$") body["token"] = w.token;
  if (body.contains("connectionId") && body["connectionId"] == "$") body["connectionId"] = w.connection;
}

Answer take(unsigned which, client::Rows& rows, const Json& body) {
  using Take = Answer (*)(Scope&, const Json&);
  constexpr Take kTakes[] = {take_session_update, take_media_event, take_browser_event, take_connection_event,
                             take_stats,          take_track,       take_track_event};
  Desk& desk = *world().desk;
  if (which == 7) return take_initialize(desk, rows, body, "https://x.example", kNow);
  if (which == 8) return take_session(desk, rows, body, kNow);
  if (which == 9) return take_connection_events(desk, rows, body, kNow);
  auto scope = Scope::open(desk, rows, body, kNow);
  if (!scope) return Unexpected{scope.error()};
  Answer answer = kTakes[which](*scope, body);
  scope->finish();
  return answer;
}

void report(unsigned which, std::string_view text) {
  auto body = parse_body(text);
  if (!body) return;
  put_ids(*body);
  const auto done = world().store->client_reports().write([&](client::Rows& rows) {
    const Answer answer = take(which, rows, *body);
    if (answer) (void)answer->dump();
    if (!answer) fuzz::check(status_of(answer.error().code) >= 400, "a refusal has a status");
    for (const client::Event& event : rows.list<client::Event>({})) {
      fuzz::check(!stored_json(event.data).is_discarded(), "what is kept is JSON");
      fuzz::check(event.type.size() <= 4 * 32, "names are bounded");
    }
    return false;
  });
  fuzz::check(done.has_value(), "the store takes whatever was not refused");
}

void query(std::string_view text) {
  const auto parsed = read_query(text);
  if (!parsed) return;
  auto filter = filter_of(*parsed);
  if (!filter || !add_slice(*parsed, *filter)) return;
  fuzz::check(filter->limit <= client::Filter::kMaxRows, "a list is bounded");
  const auto done = world().store->client_reports().read(
      [&](client::Rows& rows) { fuzz::check(rows.conferences(*filter).size() <= filter->limit, "a page"); });
  fuzz::check(done.has_value(), "the store takes every filter");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const unsigned which = data[0] % 12U;
  if (which == 10) {
    (void)read_token(text, "secret", kNow);
  } else if (which == 11) {
    query(text);
  } else {
    report(which, text);
  }
  return 0;
}
