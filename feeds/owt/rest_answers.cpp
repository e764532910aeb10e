#include "feeds/owt/rest_answers.hpp"

#include "base/json_depth.hpp"
#include "feeds/wire/delivery_counts.hpp"

namespace rtcscope::feeds::owt {
namespace {

constexpr std::size_t kMaxMedia = 256;

std::string codec_of(Fields& medium) {
  if (!medium.has("format")) return {};
  Fields format(medium.object("format"));
  return format.optional_text("codec");
}

/// Protocol 1.2 of the portal: one entry a track, with its id and mid.
bool read_tracks(Fields& media, Stream& stream) {
  const Json& tracks = media.array("tracks");
  if (!media.ok() || tracks.size() > kMaxMedia) return false;
  for (const Json& json : tracks) {
    Fields track(json);
    RoomStream medium;
    medium.kind = track.text("type");
    medium.mid = track.optional_text("mid");
    medium.codec = codec_of(track);
    const std::string id = track.optional_text("id");
    if (!track.ok()) return false;
    if (stream.transport.empty()) stream.transport = transport_of_track(id);
    stream.media.push_back(std::move(medium));
  }
  return true;
}

/// The management API: one audio and one video. v1 has `format`, v1.1 `original`, one entry a simulcast
/// layer.
bool read_kind(Fields& media, const char* kind, Stream& stream) {
  // `false` stands for a medium that is not there, too.
  const Json* found = media.find(kind);
  if (found == nullptr || !found->is_object()) return found == nullptr || found->is_boolean();
  Fields medium(*found);
  std::string codec = codec_of(medium);
  if (codec.empty() && medium.has("original")) {
    const Json& original = medium.array("original");
    if (!original.empty()) {
      Fields first(original.front());
      codec = codec_of(first);
      if (!first.ok()) return false;
    }
  }
  stream.media.push_back({"", kind, codec, "", "", ""});
  return medium.ok();
}

}  // namespace

std::optional<Participant> parse_participant(const Json& json) {
  Fields fields(json);
  Participant participant{fields.text("id"), fields.optional_text("user"), fields.optional_text("role")};
  if (!fields.ok() || participant.id.empty()) return std::nullopt;
  return participant;
}

std::optional<Stream> parse_stream(const Json& json) {
  Fields fields(json);
  Stream stream;
  stream.id = fields.text("id");
  stream.type = fields.optional_text("type");
  if (fields.has("info")) {
    Fields info(fields.object("info"));
    stream.kind = info.optional_text("type");
    stream.owner = info.optional_text("owner");
    if (!info.ok()) return std::nullopt;
  }
  if (fields.has("media")) {
    Fields media(fields.object("media"));
    const bool read = media.has("tracks")
                          ? read_tracks(media, stream)
                          : read_kind(media, "audio", stream) && read_kind(media, "video", stream);
    if (!read || !media.ok()) return std::nullopt;
  }
  if (!fields.ok() || stream.id.empty()) return std::nullopt;
  return stream;
}

std::optional<std::string> parse_id(const Json& json) {
  Fields fields(json);
  std::string id = fields.has("_id") ? fields.text("_id") : fields.text("id");
  if (!fields.ok() || id.empty()) return std::nullopt;
  return id;
}

std::string transport_of_track(const std::string& track) {
  // A mid may have dashes of its own, a transport's id has none: it is a UUID without them.
  const std::size_t dash = track.find('-');
  return dash == std::string::npos ? std::string{} : track.substr(0, dash);
}

RoomPath parse_room_path(const std::string& path) {
  constexpr std::string_view kPrefix = "/v1/rooms/";
  if (!path.starts_with(kPrefix)) return {};
  const std::size_t slash = path.find('/', kPrefix.size());
  if (slash == std::string::npos) return {};
  return {path.substr(kPrefix.size(), slash - kPrefix.size()), path.substr(slash + 1)};
}

Json parse_bounded(std::string_view text) {
  const bool bad = text.size() > kMaxDeliveryBytes || deeper_than(text, kMaxDepth);
  return bad ? Json(Json::value_t::discarded) : Json::parse(text, nullptr, /*allow_exceptions=*/false);
}

}  // namespace rtcscope::feeds::owt
