// What people type as an address (docs/api/openapi.yaml, parameter `address`).

#include <gtest/gtest.h>

#include "store/queries.hpp"

namespace rtcscope::store {
namespace {

TEST(AddressFilter, TakesAddressesWithAndWithoutPort) {
  struct Case {
    const char* text;
    const char* address;
    std::optional<std::uint16_t> port;
  };
  const Case cases[] = {
      {"192.0.2.7", "192.0.2.7", {}},        {"192.0.2.7:5000", "192.0.2.7", 5000},
      {"2001:db8::7", "2001:db8::7", {}},    {"2001:DB8:0:0:0:0:0:7", "2001:db8::7", {}},
      {"[2001:db8::7]", "2001:db8::7", {}},  {"[2001:db8::7]:65535", "2001:db8::7", 65535},
      {"::ffff:192.0.2.7", "192.0.2.7", {}}, {"192.0.2.7:0", "192.0.2.7", 0},
  };
  for (const Case& c : cases) {
    const auto filter = parse_address_filter(c.text);
    ASSERT_TRUE(filter.has_value()) << c.text;
    EXPECT_EQ(to_string(filter->address), c.address) << c.text;
    EXPECT_EQ(filter->port, c.port) << c.text;
  }
}

TEST(AddressFilter, RefusesEverythingElse) {
  for (const char* text : {"", "alice", "192.0.2", "192.0.2.7:", "192.0.2.7:65536", "192.0.2.7:-1",
                           "192.0.2.7:5000x", "[2001:db8::7", "[2001:db8::7]5000",
                           "[2001:db8::7]:", "[[2001:db8::7]]", "[]", "[", ":5000", "1.2.3.4:5:6", "%"}) {
    EXPECT_FALSE(parse_address_filter(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace rtcscope::store
