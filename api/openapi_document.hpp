#pragma once

#include <string>

namespace rtcscope::api {

/// docs/api/openapi.yaml as it was when this program was built.
std::string openapi_document();

}  // namespace rtcscope::api
