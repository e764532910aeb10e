#include "flows/ice_tracker.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace rtcscope::flows {
namespace {

// RFC 8445, 5.3: a ufrag has 4 to 256 characters.
constexpr std::size_t kMaxUfrag = 256;
// RFC 7675, 5.1: consent expires 30 s after the last answer.
constexpr Duration kConsentTimeout = std::chrono::seconds{30};

bool is_check(const stun::MessageView& message) {
  return message.method == stun::Method::kBinding || message.method == stun::Method::kGoogPing;
}

}  // namespace

IceTracker::Changes IceTracker::add(UtcTime time, const stun::MessageView& message, Side sender) {
  Changes changes;
  if (!is_check(message)) return changes;
  switch (message.message_class) {
    case stun::MessageClass::kRequest:
      add_request(time, message, sender, changes);
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
  if (!facts_.first_check) {
    facts_.first_check = time;
    facts_.state = IceState::kChecking;
    changes.first_check = changes.state = true;
  }
  if (const auto username = message.username()) add_username(*username, time, sender, changes);
  if (Pending* again = pending(message.transaction_id, sender)) {
    again->repeated = true;
    return;
  }
  pending_[next_pending_++ % pending_.size()] = {message.transaction_id,  time, sender, true,
                                                 message.use_candidate(), false};
}

void IceTracker::add_success(UtcTime time, const stun::MessageView& message, Side sender, Changes& changes) {
  facts_.success_responses[index(sender)] += 1;
  facts_.last_success = time;
  if (!facts_.first_success) {
    facts_.first_success = time;
    changes.connected = true;
  }
  Pending* request = pending(message.transaction_id, other(sender));
  const bool nominates = request != nullptr && request->use_candidate;
  if (nominates && !facts_.nominated) {
    facts_.nominated = time;
    changes.nominated = true;
  }
  const IceState state = facts_.nominated ? IceState::kNominated : IceState::kConnected;
  changes.state = changes.state || state != facts_.state;
  facts_.state = state;
  if (request == nullptr) return;
  request->open = false;
  if (request->repeated || time < request->time) return;
  const Duration round_trip = time - request->time;
  auto& least = facts_.min_round_trip[index(sender)];
  facts_.last_round_trip[index(sender)] = round_trip;
  least = least ? std::min(*least, round_trip) : round_trip;
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
void IceTracker::add_username(std::string_view username, UtcTime time, Side sender, Changes& changes) {
  const auto colon = username.find(':');
  if (colon == std::string_view::npos || colon > kMaxUfrag || username.size() - colon - 1 > kMaxUfrag) return;
  const std::string_view receiver = username.substr(0, colon);
  const std::string_view from = username.substr(colon + 1);
  const auto same = [&](const IceUsername& known) {
    return known.sender == sender && known.receiver_ufrag == receiver && known.sender_ufrag == from;
  };
  if (std::any_of(usernames_.begin(), usernames_.end(), same)) return;
  if (usernames_.size() >= max_usernames_) {
    changes.usernames_refused += 1;
    return;
  }
  // What does not survive cleaning is no ice-char (RFC 8839, 5.4) and links to nothing.
  usernames_.push_back({clean_utf8(receiver), clean_utf8(from), sender, time});
  changes.identity = true;
}

IceTracker::Pending* IceTracker::pending(const stun::TransactionId& id, Side request_sender) noexcept {
  const auto found = std::find_if(pending_.begin(), pending_.end(), [&](const Pending& p) {
    return p.open && p.sender == request_sender && p.transaction_id == id;
  });
  return found == pending_.end() ? nullptr : &*found;
}

bool IceTracker::advance(UtcTime now) noexcept {
  const bool alive = facts_.state == IceState::kConnected || facts_.state == IceState::kNominated;
  if (!alive || !facts_.last_success || now - *facts_.last_success <= kConsentTimeout) return false;
  facts_.state = IceState::kConsentLost;
  return true;
}

}  // namespace rtcscope::flows
