#pragma once
// From kept facts to the entities that others see.

#include <span>

#include "correlator/flow_state.hpp"
#include "correlator/handle.hpp"
#include "correlator/model.hpp"
#include "correlator/room_book.hpp"
#include "flows/names.hpp"

namespace rtcscope::correlator {

/// `handle` is the connection's that the flow is linked to; null without one.
model::Flow flow_entity(HostId host, const FlowState& flow, const Handle* handle);
/// What can be read of a flow's RTCP, for the flow itself or for its connection.
template <class Entity>
void tell_rtcp(Entity& entity, const flows::FlowSnapshot& flow) {
  entity.rtcp = flows::to_string(flow.rtcp_access);
  if (flow.rtcp_access == flows::RtcpAccess::kOpaque) {
    entity.rtcp_reason = flows::to_string(flow.opaque_reason);
  }
}
/// Empty where it is not known which end is the server.
model::RoundTripFigures round_trips(const FlowState& flow);

/// The RTP clock and codec of a stream, as well as they are known now.
struct StreamFormat {
  std::string codec;
  std::string kind = "unknown";
  std::string kind_source, codec_source, rtx_source;
  std::optional<std::uint32_t> clock_rate_hz;
  std::string clock_rate_source;
  std::string mid;
  std::optional<std::uint32_t> rtx_of_ssrc;
  std::optional<std::uint32_t> fec_of_ssrc;
  std::string red_codec;  // what the blocks of RED hold, by SDP; "" for no RED, or not said
};
/// `handle` is null when it is not known (any more).
StreamFormat stream_format(const StreamState& stream, const Handle* handle);

model::Stream stream_entity(const StreamState& stream, const Handle* handle, const model::Session* owner);
model::StreamSample sample_entity(const StreamState& stream, const HeldSample& sample,
                                  const StreamFormat& format);

/// When and by what the connection ended: the server's word first, else what the packets show.
std::optional<model::Ending> connection_ending(const Handle& handle,
                                               std::span<const FlowState* const> linked);
/// `linked`: the flows whose link is this connection.
model::Connection connection_entity(const Handle& handle, const model::Session* owner,
                                    std::span<const FlowState* const> linked);

}  // namespace rtcscope::correlator
