#pragma once
// Which member stands in which column; see store/sql/columns.hpp.

#include "store/client/entities.hpp"
#include "store/sql/columns.hpp"

namespace rtcscope::store::sql {

template <>
inline constexpr const char* kTable<client::Organization> = "client_organizations";
template <>
inline constexpr const char* kTable<client::App> = "client_apps";
template <>
inline constexpr const char* kTable<client::Conference> = "client_conferences";
template <>
inline constexpr const char* kTable<client::Participant> = "client_participants";
template <>
inline constexpr const char* kTable<client::Session> = "client_sessions";
template <>
inline constexpr const char* kTable<client::Connection> = "client_connections";
template <>
inline constexpr const char* kTable<client::Track> = "client_tracks";
template <>
inline constexpr const char* kTable<client::Event> = "client_events";
template <>
inline constexpr const char* kTable<client::Issue> = "client_issues";

}  // namespace rtcscope::store::sql

namespace rtcscope::store::client {

using model::Is;

template <class V, Is<Organization> E>
void visit(V& v, E& e) {
  v("id", e.id);
  v("created_at_ns", e.created_at);
  v("name", e.name);
  v("active", e.active);
}

template <class V, Is<App> E>
void visit(V& v, E& e) {
  v("id", e.id);
  v("created_at_ns", e.created_at);
  v("organization_id", e.organization);
  v("name", e.name);
  v("api_key", e.api_key);
  v("domain", e.domain);
  v("interval_ms", e.interval_ms);
  v("recording", e.recording);
  v("active", e.active);
}

template <class V, Is<Conference> E>
void visit(V& v, E& e) {
  v("id", e.id);
  v("created_at_ns", e.created_at);
  v("app_id", e.app);
  v("conference_id", e.conference_id);
  v("conference_name", e.conference_name);
  v("start_time_ns", e.start_time);
  v("call_start_ns", e.call_start);
  v("end_time_ns", e.end_time);
  v("ongoing", e.ongoing);
  v("duration_s", e.duration_s);
  v("last_report_ns", e.last_report);
}

template <class V, Is<Participant> E>
void visit(V& v, E& e) {
  v("id", e.id);
  v("created_at_ns", e.created_at);
  v("app_id", e.app);
  v("participant_id", e.participant_id);
  v("participant_name", e.participant_name);
  v("is_sfu", e.is_sfu);
}

template <class V, Is<Session> E>
void visit(V& v, E& e) {
  v("id", e.id);
  v("created_at_ns", e.created_at);
  v("app_id", e.app);
  v("conference_id", e.conference);
  v("participant_id", e.participant);
  v("constraints", e.constraints);
  v("devices", e.devices);
  v("platform", e.platform);
  v("metadata", e.metadata);
  v("app_version", e.app_version);
  v("webrtc_sdk", e.webrtc_sdk);
  v("duration_s", e.duration_s);
  v("end_time_ns", e.end_time);
  v("call_start_ns", e.call_start);
  v("browser", e.browser);
  v("os", e.os);
  v("kept_rows", e.kept_rows);
  v("kept_bytes", e.kept_bytes);
  v("media_requests", e.media_requests);
  v("media_failures", e.media_failures);
  v("low_emos_samples", e.low_emos_samples);
  v("very_low_emos_samples", e.very_low_emos_samples);
}

template <class V, Is<Connection> E>
void visit(V& v, E& e) {
  v("id", e.id);
  v("created_at_ns", e.created_at);
  v("app_id", e.app);
  v("session_id", e.session);
  v("conference_id", e.conference);
  v("participant_id", e.participant);
  v("peer_id", e.peer);
  v("type", e.type);
  v("state", e.state);
  v("start_time_ns", e.start_time);
  v("end_time_ns", e.end_time);
  v("duration_s", e.duration_s);
  v("connection_info", e.connection_info);
  v("established", e.established);
  v("setup_ms", e.setup_ms);
}

template <class V, Is<Track> E>
void visit(V& v, E& e) {
  v("id", e.id);
  v("created_at_ns", e.created_at);
  v("session_id", e.session);
  v("connection_id", e.connection);
  v("kind", e.kind);
  v("direction", e.direction);
  v("track_id", e.track_id);
  v("label", e.label);
  v("track_info", e.track_info);
}

template <class V, Is<Event> E>
void visit(V& v, E& e) {
  v("id", e.id);
  v("created_at_ns", e.created_at);
  v("app_id", e.app);
  v("conference_id", e.conference);
  v("participant_id", e.participant);
  v("peer_id", e.peer);
  v("session_id", e.session);
  v("connection_id", e.connection);
  v("track_id", e.track);
  v("type", e.type);
  v("category", e.category);
  v("data", e.data);
}

template <class V, Is<Issue> E>
void visit(V& v, E& e) {
  v("id", e.id);
  v("created_at_ns", e.created_at);
  v("app_id", e.app);
  v("session_id", e.session);
  v("conference_id", e.conference);
  v("participant_id", e.participant);
  v("connection_id", e.connection);
  v("track_id", e.track);
  v("type", e.type);
  v("code", e.code);
  v("data", e.data);
}

}  // namespace rtcscope::store::client
