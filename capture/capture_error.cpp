#include "capture/capture_error.hpp"

namespace rtcscope {

const char* to_string(CaptureErrc code) noexcept {
  switch (code) {
    case CaptureErrc::kNotFound:
      return "not_found";
    case CaptureErrc::kNoPermission:
      return "no_permission";
    case CaptureErrc::kNotAFile:
      return "not_a_file";
    case CaptureErrc::kEmptyFile:
      return "empty_file";
    case CaptureErrc::kNotACapture:
      return "not_a_capture";
    case CaptureErrc::kCompressed:
      return "compressed";
    case CaptureErrc::kUnsupportedVersion:
      return "unsupported_version";
    case CaptureErrc::kReadFailed:
      return "read_failed";
    case CaptureErrc::kTruncated:
      return "truncated";
    case CaptureErrc::kOversizedRecord:
      return "oversized_record";
    case CaptureErrc::kBadBlockLength:
      return "bad_block_length";
    case CaptureErrc::kBadByteOrderMagic:
      return "bad_byte_order_magic";
    case CaptureErrc::kUndeclaredInterface:
      return "undeclared_interface";
    case CaptureErrc::kBadInterfaceOption:
      return "bad_interface_option";
    case CaptureErrc::kTooManyInterfaces:
      return "too_many_interfaces";
    case CaptureErrc::kBadTimestamp:
      return "bad_timestamp";
    case CaptureErrc::kNoSuchInterface:
      return "no_such_interface";
    case CaptureErrc::kInterfaceDown:
      return "interface_down";
    case CaptureErrc::kNoInterface:
      return "no_interface";
    case CaptureErrc::kNoCapability:
      return "no_capability";
    case CaptureErrc::kBadFilter:
      return "bad_filter";
    case CaptureErrc::kBadOption:
      return "bad_option";
    case CaptureErrc::kRingFailed:
      return "ring_failed";
    case CaptureErrc::kInterfaceGone:
      return "interface_gone";
    case CaptureErrc::kPollFailed:
      return "poll_failed";
    case CaptureErrc::kTapRefused:
      return "tap_refused";
    case CaptureErrc::kAttachFailed:
      return "attach_failed";
  }
  return "unknown";
}

}  // namespace rtcscope
