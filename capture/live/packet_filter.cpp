#include "capture/live/packet_filter.hpp"

#include <pcap/pcap.h>

#include <memory>
#include <span>

namespace rtcscope {

Result<std::vector<FilterInstruction>, CaptureError> compile_filter(const std::string& expression,
                                                                    LinkType link_type,
                                                                    std::uint32_t snap_length) {
  if (expression.empty()) return std::vector{FilterInstruction{BPF_RET | BPF_K, 0, 0, snap_length}};
  const int dlt = link_type == LinkType::kEthernet ? DLT_EN10MB : DLT_RAW;
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> handle{
      pcap_open_dead(dlt, static_cast<int>(snap_length)), &pcap_close};
  bpf_program compiled{};
  if (!handle || pcap_compile(handle.get(), &compiled, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    const std::string why = handle ? pcap_geterr(handle.get()) : "out of memory";
    return Unexpected{CaptureError{
        .code = CaptureErrc::kBadFilter,
        .message = "capture filter '" + expression + "': " + why + "; see pcap-filter(7) for the syntax"}};
  }
  std::vector<FilterInstruction> program;
  for (const bpf_insn& step : std::span{compiled.bf_insns, compiled.bf_len}) {
    program.push_back({step.code, step.jt, step.jf, step.k});
  }
  pcap_freecode(&compiled);
  return program;
}

}  // namespace rtcscope
