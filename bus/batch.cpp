#include "bus/batch.hpp"

#include <string_view>
#include <utility>

#include "bus/fields.hpp"

namespace rtcscope::bus {
namespace {

constexpr std::string_view kMagic = "rtcsbatch";

/// What an item is. Numbers are never used again for something else.
enum Tag : std::uint64_t {
  kFlow = 1,
  kStreamReport = 2,
  kFlowEvent = 3,
  kRemoteReport = 4,
  kDelivery = 5,
  kAdvance = 6,
  kClockWentBack = 7,
  kFinish = 8,
};

struct Start {
  BatchHead head;
  Take items;
};

Result<Start, BatchErrc> start(Bytes batch) {
  const auto* text = reinterpret_cast<const char*>(batch.data());
  if (!std::string_view(text, batch.size()).starts_with(kMagic)) return Unexpected{BatchErrc::kNoBatch};
  Take take(batch.subspan(kMagic.size()));
  if (take.number() != kBatchFormat) return Unexpected{BatchErrc::kOtherFormat};
  BatchHead head;
  take(head);
  if (!take.ok() || head.host.empty() || head.host.size() > 255) return Unexpected{BatchErrc::kBadHead};
  return Start{std::move(head), take};
}

template <class T>
T value_of(Take& take) {
  T value{};
  take(value);
  return value;
}

/// Plays one item; false for one that is none.
bool play_item(Take& take, BatchSink& sink, bool& last) {
  const std::uint64_t tag = take.number();
  const auto hand = [&]<class Part, class T>(void (Part::*method)(T)) {
    const auto value = value_of<std::remove_cvref_t<T>>(take);
    if (take.ok()) (sink.intake().*method)(value);
  };
  using correlator::Intake;
  switch (tag) {
    case kFlow:
      hand(&Intake::on_flow);
      break;
    case kStreamReport:
      hand(&Intake::on_stream_report);
      break;
    case kFlowEvent:
      hand(&Intake::on_flow_event);
      break;
    case kRemoteReport:
      hand(&Intake::on_remote_report);
      break;
    case kDelivery: {
      const auto delivery = value_of<feeds::Delivery>(take);
      if (take.ok()) sink.on_delivery(delivery);
      break;
    }
    case kAdvance:
      hand(&Intake::advance);
      break;
    case kClockWentBack:
      hand(&Intake::clock_went_back);
      break;
    case kFinish:
      hand(&Intake::finish);
      last = take.ok();
      break;
    default:
      return false;
  }
  return take.ok();
}

}  // namespace

template <class V, Is<ProbeRefusal> T>
void fields(V& v, T& value) {
  auto& [protocol, code, count] = value;
  v(protocol, code, count);
}

template <class V, Is<ProbeStatus> T>
void fields(V& v, T& value) {
  auto& [version, source, error, packets, kernel_drops, waiting, waiting_bytes, unsent, refusals] = value;
  v(version, source, error, packets, kernel_drops, waiting, waiting_bytes, unsent, refusals);
}

template <class V, Is<BatchHead> T>
void fields(V& v, T& value) {
  auto& [host, run, sequence, written, owt_viewer, status] = value;
  v(host, run, sequence, written, owt_viewer, status);
}

const char* to_string(BatchErrc code) noexcept {
  switch (code) {
    case BatchErrc::kNoBatch:
      return "no_batch";
    case BatchErrc::kOtherFormat:
      return "other_format";
    case BatchErrc::kBadHead:
      return "bad_head";
    case BatchErrc::kBadItem:
      return "bad_item";
  }
  return "";
}

template <class T>
void BatchWriter::add(std::uint64_t tag, const T& value) {
  Put put(items_);
  put.number(tag);
  put(value);
  if (items_.size() >= options_.batch_bytes) send();
}

void BatchWriter::on_flow(const flows::FlowSnapshot& flow) {
  add(kFlow, flow);
}

void BatchWriter::on_stream_report(const flows::StreamReport& report) {
  add(kStreamReport, report);
}

void BatchWriter::on_flow_event(const flows::FlowEvent& event) {
  add(kFlowEvent, event);
}

void BatchWriter::on_remote_report(const flows::RemoteReport& report) {
  add(kRemoteReport, report);
}

void BatchWriter::on_fact(const feeds::Fact& /*fact*/) {}

bool BatchWriter::on_delivery(const feeds::Delivery& delivery) {
  if (delivery.json.size() > kMaxTextBytes) return false;
  add(kDelivery, delivery);
  return true;
}

void BatchWriter::advance(UtcTime now) {
  add(kAdvance, now);
  send();
}

void BatchWriter::clock_went_back(UtcTime now) {
  add(kClockWentBack, now);
}

void BatchWriter::finish(UtcTime now) {
  add(kFinish, now);
  send();
}

void BatchWriter::send() {
  if (items_.empty()) return;
  std::string batch(kMagic);
  batch.reserve(items_.size() + 512);
  Put put(batch);
  put.number(kBatchFormat);
  put(BatchHead{options_.host, options_.run, sequence_, options_.clock(), options_.owt_viewer,
                options_.status()});
  sequence_ += 1;
  batch += items_;
  items_.clear();
  options_.send(std::move(batch));
}

Result<BatchHead, BatchErrc> read_head(Bytes batch) {
  auto begun = start(batch);
  if (!begun) return Unexpected{begun.error()};
  return std::move(begun->head);
}

Result<bool, BatchErrc> play(Bytes batch, BatchSink& sink) {
  auto begun = start(batch);
  if (!begun) return Unexpected{begun.error()};
  bool last = false;
  while (!begun->items.empty() && !last) {
    if (!play_item(begun->items, sink, last)) return Unexpected{BatchErrc::kBadItem};
  }
  return last;
}

}  // namespace rtcscope::bus
