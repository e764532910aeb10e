// Real calls: every connectivity check of a browser or server is signed with the password of whom it is for.

#include "tests/unit/decoders/recorded_call.hpp"

#include <map>

#include "decoders/sdp/session_description.hpp"
#include "decoders/stun/integrity.hpp"

namespace rtcscope::stun {
namespace {

using testing::for_each_datagram;
using testing::json_lines;
using testing::RecordedDatagram;
using testing::recordings;

/// Passwords by ufrag, of both sides, from every description that a client saw.
std::map<std::string, std::string, std::less<>> passwords_of(const std::filesystem::path& folder) {
  std::map<std::string, std::string, std::less<>> passwords;
  for (const auto& file : recordings(testing::kCalls, ".jsonl")) {
    if (file.parent_path() != folder || !file.filename().string().starts_with("sdps-")) continue;
    for (const auto& line : json_lines(file)) {
      if (!line.contains("sdp")) continue;
      const auto description = sdp::parse_sdp(line["sdp"].get<std::string>());
      if (!description) continue;
      passwords[description->transport.ice_ufrag] = description->transport.ice_pwd;
      for (const auto& media : description->media)
        passwords[media.transport.ice_ufrag] = media.transport.ice_pwd;
    }
  }
  passwords.erase("");
  return passwords;
}

struct Tally {
  std::size_t requests = 0;
  std::size_t responses = 0;
  std::map<TransactionId, std::string> open;  // password by transaction
};

void check_request(const MessageView& message,
                   const std::map<std::string, std::string, std::less<>>& passwords, Tally& tally) {
  const auto username = message.username();
  const auto colon = username ? username->find(':') : std::string_view::npos;
  if (colon == std::string_view::npos) return;
  // RFC 8445, 7.2.2: the receiver's ufrag first.
  const auto receiver = passwords.find(username->substr(0, colon));
  const auto sender = passwords.find(username->substr(colon + 1));
  if (receiver == passwords.end() || sender == passwords.end()) return;
  tally.requests += 1;
  EXPECT_EQ(check_message_integrity(message, receiver->second), IntegrityStatus::kValid);
  EXPECT_EQ(check_message_integrity(message, sender->second), IntegrityStatus::kMismatch);
  EXPECT_EQ(check_message_integrity_sha256(message, receiver->second), IntegrityStatus::kAbsent);
  tally.open[message.transaction_id] = receiver->second;
}

void check_response(const MessageView& message, Tally& tally) {
  const auto request = tally.open.find(message.transaction_id);
  if (request == tally.open.end()) return;
  tally.responses += 1;
  EXPECT_EQ(check_message_integrity(message, request->second), IntegrityStatus::kValid);
}

TEST(RecordedCall, ConnectivityChecksCarryTheReceiversPassword) {
  const auto captures = recordings(testing::kCalls, "call.pcap");
  if (captures.empty()) GTEST_SKIP() << "RTCSCOPE_CALLS names no folder with recorded calls";
  for (const auto& capture : captures) {
    SCOPED_TRACE(capture.parent_path().filename().string());
    const auto passwords = passwords_of(capture.parent_path());
    if (passwords.empty()) continue;  // a call that was recorded without its descriptions
    Tally tally;
    for_each_datagram(capture.parent_path(), [&](const RecordedDatagram& datagram) {
      if (demux::classify(datagram.payload) != demux::PacketClass::kStun) return;
      const auto message = parse_stun(datagram.payload);
      if (!message || message->method != Method::kBinding) return;
      if (message->message_class == MessageClass::kRequest) check_request(*message, passwords, tally);
      if (message->message_class == MessageClass::kSuccess) check_response(*message, tally);
    });
    EXPECT_GT(tally.requests, 0U);
    EXPECT_GT(tally.responses, 0U);
  }
}

}  // namespace
}  // namespace rtcscope::stun
