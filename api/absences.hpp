#pragma once
// Why figures of a stream are not there.

#include <vector>

#include "correlator/model.hpp"

namespace rtcscope::api {

/// Both are text of the program itself.
struct Absence {
  const char* figure;  // as in visit()
  const char* reason;  // a code of docs/metrics.md
};

/// One entry for each figure of the stream that is empty and could have been measured. Reckoned from what is
/// there, when somebody asks: a stream is told every second, and read now and then.
std::vector<Absence> absences(const model::Stream& stream);

}  // namespace rtcscope::api
