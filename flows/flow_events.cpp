#include "flows/report.hpp"

namespace rtcscope::flows {

const char* to_string(FlowEventKind kind) noexcept {
  switch (kind) {
    case FlowEventKind::kIceFirstCheck:
      return "ice_first_check";
    case FlowEventKind::kIceConnected:
      return "ice_connected";
    case FlowEventKind::kIceNominated:
      return "ice_nominated";
    case FlowEventKind::kIceErrorResponse:
      return "ice_error_response";
    case FlowEventKind::kIceRestarted:
      return "ice_restarted";
    case FlowEventKind::kIceFailed:
      return "ice_pair_failed";
    case FlowEventKind::kIceConsentLost:
      return "ice_consent_lost";
    case FlowEventKind::kIcePairSwitched:
      return "ice_pair_switched";
    case FlowEventKind::kDtlsHelloVerify:
      return "dtls_hello_verify";
    case FlowEventKind::kDtlsHelloRetry:
      return "dtls_hello_retry";
    case FlowEventKind::kTurnAllocated:
      return "turn_allocated";
    case FlowEventKind::kTurnError:
      return "turn_error";
    case FlowEventKind::kTurnReleased:
      return "turn_released";
    case FlowEventKind::kDtlsClientHello:
      return "dtls_client_hello";
    case FlowEventKind::kDtlsConnected:
      return "dtls_connected";
    case FlowEventKind::kDtlsAlert:
      return "dtls_alert";
    case FlowEventKind::kDtlsClosed:
      return "dtls_closed";
    case FlowEventKind::kStreamStarted:
      return "stream_started";
    case FlowEventKind::kFlowEnded:
      return "flow_ended";
  }
  return "unknown";
}

}  // namespace rtcscope::flows
