#pragma once
// SIP text that others may see.

#include <string>

namespace rtcscope::feeds {

/// Overwrites media keys (RFC 4568, 9.2; RFC 4566, 5.12) and answers to challenges (RFC 3261, 22) with 'x'.
/// No length in the message changes.
void blot_sip_secrets(std::string& sip);

}  // namespace rtcscope::feeds
