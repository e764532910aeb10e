// Input: one datagram, read as RTCP in clear and as SRTCP.

#include "decoders/rtcp/compound.hpp"
#include "decoders/rtcp/srtcp_clear.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace rtcscope;

namespace {

void check_error(const rtcp::RtcpError& error, Bytes datagram) {
  fuzz::check(error.offset <= datagram.size(), "an error lies in the datagram");
  fuzz::check(std::string_view(rtcp::to_string(error.code)) != "unknown", "an error has a name");
}

// Walks every accessor of one body and checks what its parser promised.
struct Walk {
  const rtcp::RawBlock& raw;

  template <class Entry>
  void list(const rtcp::ListView<Entry>& entries) const {
    fuzz::check(fuzz::inside(entries.bytes(), raw.body), "a list lies in its block");
    std::size_t count = 0;
    for (const Entry entry : entries) {
      (void)entry;
      count += 1;
    }
    fuzz::check(count == entries.size() && count * Entry::kWireSize == entries.bytes().size(),
                "a list holds whole entries");
  }

  void operator()(const rtcp::UnknownBlock&) const {}
  void operator()(const rtcp::SenderReportView& view) const {
    list(view.reports);
    fuzz::check(view.reports.size() == raw.count, "RC report blocks");
    fuzz::check(fuzz::inside(view.profile_extension, raw.body), "the extension lies in its block");
  }
  void operator()(const rtcp::ReceiverReportView& view) const {
    list(view.reports);
    fuzz::check(view.reports.size() == raw.count, "RC report blocks");
    fuzz::check(fuzz::inside(view.profile_extension, raw.body), "the extension lies in its block");
  }
  void operator()(const rtcp::SourceDescriptionView& view) const {
    rtcp::SdesItemReader items(view);
    while (const auto item = items.next()) {
      fuzz::check(fuzz::inside(item->text, raw.body), "an item lies in its block");
    }
    fuzz::check(items.ok(), "what was accepted is well-formed");
  }
  void operator()(const rtcp::ByeView& view) const {
    list(view.sources);
    fuzz::check(view.sources.size() == raw.count, "SC sources");
    fuzz::check(fuzz::inside(view.reason, raw.body), "the reason lies in its block");
  }
  void operator()(const rtcp::AppView& view) const {
    fuzz::check(view.name.size() == 4, "a name has four octets");
    fuzz::check(fuzz::inside(view.name, raw.body) && fuzz::inside(view.data, raw.body),
                "both lie in their block");
  }
  void operator()(const rtcp::GenericNackView& view) const {
    list(view.entries);
    fuzz::check(view.packets() >= view.entries.size() && view.packets() <= 17 * view.entries.size(),
                "an entry asks for 1 to 17 packets");
  }
  void operator()(const rtcp::TransportCcFeedbackView& view) const {
    fuzz::check(fuzz::inside(view.chunks, raw.body) && fuzz::inside(view.deltas, raw.body),
                "both lie in their block");
    std::uint32_t statuses = 0;
    std::uint32_t received = 0;
    rtcp::PacketStatusReader reader(view);
    while (const auto status = reader.next()) {
      const auto number = static_cast<std::uint16_t>(view.base_sequence_number + statuses);
      fuzz::check(status->sequence_number == number, "numbers follow each other");
      statuses += 1;
      received += status->received ? 1U : 0U;
    }
    fuzz::check(statuses == view.packet_status_count, "as many statuses as are counted");
    fuzz::check(received == view.received_count, "as many received packets as are counted");
  }
  void operator()(const rtcp::CongestionControlFeedbackView& view) const {
    rtcp::StreamArrivalsReader streams(view.streams);
    while (const auto stream = streams.next()) list(stream->metrics);
    fuzz::check(streams.ok(), "what was accepted is well-formed");
  }
  void operator()(const rtcp::PictureLossIndication&) const {
    fuzz::check(raw.body.size() == 8, "two sources and nothing else");
  }
  void operator()(const rtcp::SliceLossIndicationView& view) const { list(view.entries); }
  void operator()(const rtcp::FullIntraRequestView& view) const { list(view.entries); }
  void operator()(const rtcp::RembView& view) const { list(view.ssrcs); }
  void operator()(const rtcp::ExtendedReportView& view) const {
    rtcp::XrBlockReader blocks(view.blocks);
    while (const auto block = blocks.next()) {
      fuzz::check(fuzz::inside(block->content, raw.body), "a block lies in its packet");
      list(block->dlrr());
      fuzz::check(block->receiver_reference_time().has_value() ==
                      (block->type == rtcp::XrBlockType::kReceiverReferenceTime),
                  "a reference time has its own type and length");
    }
    fuzz::check(blocks.ok(), "what was accepted is well-formed");
  }
};

void read_clear(Bytes datagram) {
  rtcp::CompoundReader reader(datagram);
  std::uint32_t next = 0;
  while (const auto block = reader.next()) {
    fuzz::check(block->raw.offset == next, "blocks follow each other");
    fuzz::check(fuzz::inside(block->raw.body, datagram), "a body lies in the datagram");
    // Padding is part of the block though not of its body; it comes last.
    const auto size = static_cast<std::uint32_t>(rtcp::kHeaderSize + block->raw.body.size());
    next = block->raw.has_padding ? static_cast<std::uint32_t>(datagram.size()) : next + size;
    if (block->body) {
      std::visit(Walk{block->raw}, *block->body);
    } else {
      check_error(block->body.error(), datagram);
    }
  }
  if (reader.error()) {
    check_error(*reader.error(), datagram);
  } else {
    fuzz::check(next == datagram.size(), "without an error all was read");
  }
}

void read_srtcp(Bytes datagram) {
  const auto head = rtcp::parse_srtcp_head(datagram);
  if (!head) check_error(head.error(), datagram);
  for (const rtcp::SrtcpFormat& format :
       {rtcp::kSrtcpSha1, rtcp::kSrtcpAead, rtcp::SrtcpFormat{10, 4, false}}) {
    const auto tail = rtcp::parse_srtcp_tail(datagram, format);
    if (tail) {
      fuzz::check(tail->clear_size >= 8 && tail->clear_size < datagram.size(), "the clear part is there");
      fuzz::check(tail->index < 0x80000000U, "an index has 31 bits");
    } else {
      check_error(tail.error(), datagram);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes datagram = fuzz::bytes_of(data, size);
  read_clear(datagram);
  read_srtcp(datagram);
  return 0;
}
