#pragma once
// Report blocks of RTCP on their way from the packets to the HEP collectors.

#include "export/hep/hep_exporter.hpp"
#include "flows/rtcp_listener.hpp"

namespace rtcscope::app {

class RtcpExport final : public flows::RtcpListener {
 public:
  /// `hep` outlives this.
  explicit RtcpExport(export_hep::HepExporter& hep) noexcept : hep_(hep) {}

  void on_report_block(const flows::SeenReportBlock& seen) override;

 private:
  export_hep::HepExporter& hep_;
};

}  // namespace rtcscope::app
