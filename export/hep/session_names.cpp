#include "export/hep/session_names.hpp"

#include "base/text.hpp"

namespace rtcscope::export_hep {
namespace {

template <class Id>
void fill(Id& id, Id other) {
  if (!id.valid()) id = other;
}

void fill(std::string_view& text, std::string_view other) {
  if (text.empty()) text = other;
}

}  // namespace

SessionNames::SessionNames(std::size_t limit)
    : conferences_(limit), participants_(limit), sessions_(limit), connections_(limit) {}

void SessionNames::remember(const model::Conference& conference) {
  conferences_.touch(conference.id) = {clean_utf8(conference.server), clean_utf8(conference.room),
                                       conference.plugin == "sip"};
}

void SessionNames::remember(const model::Participant& participant) {
  participants_.touch(participant.id) = {participant.conference, clean_utf8(participant.display)};
}

void SessionNames::remember(const model::Session& session) {
  sessions_.touch(session.id) = {session.conference, session.participant, clean_utf8(session.server_session),
                                 clean_utf8(session.signalling_address)};
}

void SessionNames::remember(const model::Connection& connection) {
  connections_.touch(connection.id) = {
      {connection.conference, connection.participant, connection.session, connection.id},
      clean_utf8(connection.server),
      clean_utf8(connection.server_session),
      clean_utf8(connection.server_handle),
      clean_utf8(connection.opaque_id)};
}

void SessionNames::complete(Subject& subject) const {
  if (const auto* connection = connections_.find(subject.connection)) {
    fill(subject.session, connection->subject.session);
    fill(subject.participant, connection->subject.participant);
    fill(subject.conference, connection->subject.conference);
  }
  if (const auto* session = sessions_.find(subject.session)) {
    fill(subject.participant, session->participant);
    fill(subject.conference, session->conference);
  }
  if (const auto* participant = participants_.find(subject.participant)) {
    fill(subject.conference, participant->conference);
  }
}

Names SessionNames::of(Subject subject) const {
  complete(subject);
  Names names;
  if (const auto* connection = connections_.find(subject.connection)) {
    names.server = connection->server;
    names.server_session = connection->server_session;
    names.server_handle = connection->server_handle;
    names.opaque_id = connection->opaque_id;
  }
  if (const auto* session = sessions_.find(subject.session)) {
    fill(names.server_session, session->server_session);
    names.signalling_address = session->signalling_address;
  }
  if (const auto* participant = participants_.find(subject.participant)) names.display = participant->display;
  if (const auto* conference = conferences_.find(subject.conference)) {
    fill(names.server, conference->server);
    names.room = conference->room;
    if (conference->is_sip_call) names.call_id = conference->room;
  }
  if (subject.conference.valid()) names.conference_id = hex_id(subject.conference.value);
  return names;
}

std::uint64_t SessionNames::evicted() const noexcept {
  return conferences_.evicted() + participants_.evicted() + sessions_.evicted() + connections_.evicted();
}

CorrelationIds correlation_ids(const Names& names) noexcept {
  return {names.server, names.server_session, names.server_handle,
          names.room,   names.conference_id,  names.call_id.empty() ? names.opaque_id : names.call_id};
}

}  // namespace rtcscope::export_hep
