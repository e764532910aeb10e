#include "flows/ice_tracker.hpp"

#include <algorithm>

#include "base/stable_hash.hpp"
#include "base/text.hpp"
#include "decoders/stun/integrity.hpp"

namespace rtcscope::flows {
namespace {

// RFC 8445, 5.3: a ufrag has 4 to 256 characters.
constexpr std::size_t kMaxUfrag = 256;
// RFC 7675, 5.1: consent expires 30 s after the last answer.
constexpr Duration kConsentTimeout = std::chrono::seconds{30};

// Agents give a pair up after some 30 s of checks without an answer; RFC 8445, 14.3 makes it 39.5 s at most.
constexpr Duration kCheckTimeout = std::chrono::seconds{40};
// An HMAC costs more than everything else here: a flow that does not prove itself with these stays unproved.
constexpr int kMaxIntegrityChecks = 16;

bool is_check(const stun::MessageView& message) {
  return message.method == stun::Method::kBinding || message.method == stun::Method::kGoogPing;
}

}  // namespace

IceTracker::Changes IceTracker::add(UtcTime time, const stun::MessageView& message, Side sender,
                                    const IcePasswords& passwords) {
  Changes changes;
  if (!is_check(message)) return changes;
  if (const auto datagram = message.dtls_in_stun(); datagram && !datagram->empty()) facts_.dtls_in_stun += 1;
  switch (message.message_class) {
    case stun::MessageClass::kRequest:
      add_request(time, message, sender, changes);
      check_integrity(message, sender, passwords, changes);
      break;
    case stun::MessageClass::kSuccess:
      add_success(time, message, sender, changes);
      break;
    case stun::MessageClass::kError:
      add_error(message, sender, changes);
      break;
    case stun::MessageClass::kIndication:
      break;
  }
  return changes;
}

void IceTracker::add_request(UtcTime time, const stun::MessageView& message, Side sender, Changes& changes) {
  facts_.requests[index(sender)] += 1;
  facts_.unanswered[index(sender)] += 1;
  if (message.method == stun::Method::kGoogPing) facts_.goog_pings[index(sender)] += 1;
  if (message.use_candidate()) facts_.nominations[index(sender)] += 1;
  if (!facts_.first_check) {
    facts_.first_check = time;
    facts_.state = IceState::kChecking;
    changes.first_check = changes.state = true;
  }
  note_role(message, sender, changes);
  std::uint64_t session = session_;
  if (const auto username = message.username()) session = add_username(*username, time, sender, changes);
  if (Pending* again = pending(message.transaction_id, sender)) {
    again->repeated = true;
    return;
  }
  // Those who do not know the flow's ufrags push out each other only.
  const std::size_t place = session == session_
                                ? next_pending_++ % kOwnPending
                                : kOwnPending + next_strange_++ % (pending_.size() - kOwnPending);
  pending_[place] = {message.transaction_id, time, sender, true, message.use_candidate(), false, session};
}

void IceTracker::add_success(UtcTime time, const stun::MessageView& message, Side sender, Changes& changes) {
  facts_.success_responses[index(sender)] += 1;
  // RFC 7675, 5.1: consent is an answer to a request. What answers none, anybody can send; unless only this
  // side is captured, and the requests cannot be seen.
  Pending* request = pending(message.transaction_id, other(sender));
  const bool other_side_shows =
      facts_.requests[index(other(sender))] != 0 || facts_.success_responses[index(other(sender))] != 0;
  if (request == nullptr && other_side_shows) return;
  facts_.last_success = time;
  facts_.last_answer[index(other(sender))] = time;
  facts_.unanswered[index(other(sender))] = 0;
  without_consent_[index(other(sender))] = false;
  const bool consent = !without_consent_[0] && !without_consent_[1];
  if (consent) {
    facts_.consent_lost.reset();
    facts_.failure = IceFailure::kNone;
  }
  if (!facts_.first_success) {
    facts_.first_success = time;
    changes.connected = true;
  }
  if (request != nullptr && request->use_candidate && !facts_.nominated) {
    facts_.nominated = time;
    changes.nominated = true;
  }
  IceState state = facts_.nominated ? IceState::kNominated : IceState::kConnected;
  if (!consent) state = IceState::kConsentLost;
  changes.state = changes.state || state != facts_.state;
  facts_.state = state;
  if (request == nullptr) return;
  request->open = false;
  commit_session(request->session, changes);
  if (request->repeated || time < request->time) return;
  note_round_trip(time - request->time, sender);
}

void IceTracker::note_round_trip(Duration round_trip, Side answerer) noexcept {
  const std::size_t i = index(answerer);
  auto& least = facts_.min_round_trip[i];
  facts_.last_round_trip[i] = round_trip;
  facts_.round_trip_sum[i] += round_trip;
  facts_.round_trips[i] += 1;
  least = least ? std::min(*least, round_trip) : round_trip;
}

// RFC 8445, 7.1.1: each check names its sender's role. After a role conflict (7.3.1.1) the newest counts.
void IceTracker::note_role(const stun::MessageView& message, Side sender, Changes& changes) noexcept {
  IceRole role = IceRole::kUnknown;
  if (message.ice_controlling()) role = IceRole::kControlling;
  if (message.ice_controlled()) role = IceRole::kControlled;
  if (role == IceRole::kUnknown || facts_.roles[index(sender)] == role) return;
  facts_.roles[index(sender)] = role;
  facts_.roles[index(other(sender))] =
      role == IceRole::kControlling ? IceRole::kControlled : IceRole::kControlling;
  changes.state = true;
}

// The key is the password of whom the request is for (RFC 8445, 7.2.2). A GOOG-PING has no USERNAME: the
// ufrags are those of the checks before it.
void IceTracker::check_integrity(const stun::MessageView& message, Side sender, const IcePasswords& passwords,
                                 Changes& changes) {
  if (facts_.integrity == IceIntegrity::kVerified || passwords.empty()) return;
  if (integrity_checks_ >= kMaxIntegrityChecks) return;
  std::string_view receiver = session_of_flow_.ufrags[index(other(sender))];
  if (const auto username = message.username()) receiver = username->substr(0, username->find(':'));
  const std::string* password = passwords.find(std::string(receiver));
  if (password == nullptr) return;
  stun::IntegrityStatus status = stun::check_message_integrity(message, *password);
  if (status == stun::IntegrityStatus::kAbsent) {
    status = stun::check_goog_message_integrity_32(message, std::as_bytes(std::span(*password)));
  }
  integrity_checks_ += 1;
  const IceIntegrity found =
      status == stun::IntegrityStatus::kValid ? IceIntegrity::kVerified : IceIntegrity::kMismatch;
  changes.state = changes.state || found != facts_.integrity;
  facts_.integrity = found;
}

void IceTracker::add_error(const stun::MessageView& message, Side sender, Changes& changes) {
  facts_.error_responses[index(sender)] += 1;
  if (Pending* request = pending(message.transaction_id, other(sender))) request->open = false;
  if (const auto error = message.error_code()) {
    facts_.last_error_code = error->code;
    changes.error_code = error->code;
    changes.state = true;
  }
}

// RFC 8445, 7.2.2: USERNAME is the receiver's ufrag, a colon, the sender's ufrag.
std::uint64_t IceTracker::add_username(std::string_view username, UtcTime time, Side sender,
                                       Changes& changes) {
  const auto colon = username.find(':');
  if (colon == std::string_view::npos || colon > kMaxUfrag || username.size() - colon - 1 > kMaxUfrag) {
    return 0;
  }
  const std::string_view receiver = username.substr(0, colon);
  const std::string_view from = username.substr(colon + 1);
  const std::uint64_t session =
      StableHash{}.add(std::min(receiver, from)).add(std::max(receiver, from)).value();
  if (session == session_) return session;
  // The first is believed; a later one when it is answered: anybody can send a check.
  Session& place = session_ == 0 ? session_of_flow_ : candidate_;
  place.ufrags[index(other(sender))] = receiver;
  place.ufrags[index(sender)] = from;
  candidate_session_ = session;
  if (session_ == 0) session_ = session;
  keep_username(receiver, from, time, sender, changes);
  return session;
}

// RFC 8445, 2.4: a restart changes both ufrags; if one stays, it is another session on the same ports.
void IceTracker::commit_session(std::uint64_t session, Changes& changes) {
  if (session == 0 || session == session_ || session != candidate_session_) return;
  const bool both = candidate_.ufrags[0] != session_of_flow_.ufrags[0] &&
                    candidate_.ufrags[1] != session_of_flow_.ufrags[1];
  // Before the first answer there was no session to restart, only checks that anybody may have sent.
  if (both && !changes.connected) {
    facts_.restarts += 1;
    changes.restarted = true;
  }
  changes.state = true;
  session_ = session;
  session_of_flow_ = candidate_;
  integrity_checks_ = 0;
  facts_.integrity = IceIntegrity::kUnknown;
}

void IceTracker::keep_username(std::string_view receiver, std::string_view from, UtcTime time, Side sender,
                               Changes& changes) {
  // What does not survive cleaning is no ice-char (RFC 8839, 5.4) and links to nothing.
  IceUsername name{clean_utf8(receiver), clean_utf8(from), sender, time};
  const auto same = [&](const IceUsername& known) {
    return known.receiver_ufrag == name.receiver_ufrag && known.sender_ufrag == name.sender_ufrag;
  };
  if (std::any_of(usernames_.begin(), usernames_.end(), same)) return;
  if (usernames_.size() >= max_usernames_) {
    changes.usernames_refused += 1;
    return;
  }
  usernames_.push_back(std::move(name));
  changes.identity = true;
}

IceTracker::Pending* IceTracker::pending(const stun::TransactionId& id, Side request_sender) noexcept {
  const auto found = std::find_if(pending_.begin(), pending_.end(), [&](const Pending& p) {
    return p.open && p.sender == request_sender && p.transaction_id == id;
  });
  return found == pending_.end() ? nullptr : &*found;
}

void IceTracker::note_failure(IceFailure failure) noexcept {
  facts_.state = failure == IceFailure::kConsentExpired ? IceState::kConsentLost : IceState::kFailed;
  facts_.failure = failure;
}

IceTracker::Lapse IceTracker::advance(UtcTime now) noexcept {
  Lapse lapse;
  if (facts_.state == IceState::kChecking && facts_.first_check &&
      now - *facts_.first_check > kCheckTimeout) {
    end();
    lapse.failed = true;
  }
  // RFC 7675, 5.1: each side has its own consent. One that sends no checks (ICE-lite) needs none.
  for (const Side side : {Side::kA, Side::kB}) {
    const std::size_t i = index(side);
    const auto& answer = facts_.last_answer[i];
    if (without_consent_[i] || !answer || facts_.unanswered[i] == 0 || now - *answer <= kConsentTimeout)
      continue;
    without_consent_[i] = true;
    facts_.consent_lost = now;
    lapse.consent_lost = side;
    note_failure(IceFailure::kConsentExpired);
  }
  return lapse;
}

void IceTracker::end() noexcept {
  if (facts_.state != IceState::kChecking) return;
  const bool refused = facts_.error_responses[0] + facts_.error_responses[1] != 0;
  note_failure(refused ? IceFailure::kErrorResponse : IceFailure::kNoAnswer);
}

}  // namespace rtcscope::flows
