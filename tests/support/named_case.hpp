#pragma once
// The rows of a table of tests: each has a name, which is what GoogleTest and ctest call it by.

#include <ostream>
#include <string>

namespace rtcscope::testing {

struct NamedCase {
  const char* name;

  friend std::ostream& operator<<(std::ostream& out, const NamedCase& c) { return out << c.name; }
};

/// The last argument of INSTANTIATE_TEST_SUITE_P.
struct CaseName {
  template <class Info>
  std::string operator()(const Info& info) const {
    return info.param.name;
  }
};

}  // namespace rtcscope::testing
