// Addresses of buses as people write them, and as nobody should.

#include "bus/io/bus_address.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

#include "feeds/janus/io/event_source.hpp"
#include "feeds/wire/io/amqp_connection.hpp"

namespace rtcscope::bus {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct Good {
  const char* url;
  BusAddress want;
};

TEST(BusAddress, WhatIsLeftOutHasADefault) {
  const Good all[] = {
      {"amqp://broker", {"broker", 5672, "/", "rtcscope", false}},
      {"amqps://broker.example", {"broker.example", 5671, "/", "rtcscope", true}},
      {"AMQP://broker/", {"broker", 5672, "/", "rtcscope", false}},
      {"amqp://10.0.0.1:5673/noc", {"10.0.0.1", 5673, "noc", "rtcscope", false}},
      {"amqps://[2001:db8::1]:1/noc?queue=calls", {"2001:db8::1", 1, "noc", "calls", true}},
      {"amqp://broker?queue=a%20b", {"broker", 5672, "/", "a b", false}},
      {"amqp://broker/%2F?queue=x", {"broker", 5672, "/", "x", false}},
      {"amqp://broker/a%2Fb", {"broker", 5672, "a/b", "rtcscope", false}},
  };
  for (const Good& good : all) EXPECT_EQ(parse_bus_address(good.url), good.want) << good.url;
}

TEST(BusAddress, IsToldAsItWouldBeWritten) {
  EXPECT_EQ(to_string(parse_bus_address("amqp://broker")), "amqp://broker:5672?queue=rtcscope");
  EXPECT_EQ(to_string(parse_bus_address("amqps://[::1]/noc?queue=a")), "amqps://[::1]:5671/noc?queue=a");
}

TEST(BusAddress, GoesToTheBrokerWithItsLogin) {
  const auto address = amqp_address({parse_bus_address("amqps://broker/noc"), "me", "secret", "ca.pem"});
  EXPECT_EQ(address.host, "broker");
  EXPECT_EQ(address.port, 5671);
  EXPECT_EQ(address.virtual_host, "noc");
  EXPECT_TRUE(address.tls);
  EXPECT_EQ(address.user, "me");
  EXPECT_EQ(address.password, "secret");
  EXPECT_EQ(address.ca_file, "ca.pem");
}

std::string error_of(const std::string& url) {
  try {
    parse_bus_address(url);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "it was taken";
}

TEST(BusAddress, WhatIsNoneIsRefusedInOneLine) {
  const std::string long_name(256, 'q');
  const std::string all[] = {
      "",
      "broker",
      "amqp:",
      "amqp://",
      "amqp:///noc",
      "http://broker",
      "amqp://broker:0x10",
      "amqp://broker:65536",
      "amqp://broker:-1",
      "amqp://bro ker",
      "amqp://bro\nker",
      "amqp://bro%00ker",
      "amqp://[::1",
      "amqp://broker/a%0Ab",
      "amqp://broker/a%",
      "amqp://broker/a%zz",
      "amqp://broker?queue=",
      "amqp://broker?queue=a%00b",
      "amqp://broker?queue=a&queue=b",
      "amqp://broker?exchange=a",
      "amqp://broker?queue=" + long_name,
      "amqp://broker/" + long_name,
      "amqp://" + long_name,
      "amqp://broker#queue",
      std::string("amqp://bro\0ker", 14),
  };
  for (const std::string& url : all) {
    EXPECT_THAT(error_of(url), AllOf(HasSubstr("is no address of a bus: "), Not(HasSubstr("\n")))) << url;
  }
}

TEST(BusAddress, APasswordIsRefusedAndNotRepeated) {
  for (const std::string url : {"amqp://me:hunter2@broker/noc", "amqp://me:hunter2/x?y@broker"}) {
    EXPECT_THAT(error_of(url), AllOf(HasSubstr("...@broker"), Not(HasSubstr("hunter2")))) << url;
  }
  EXPECT_THAT(error_of("amqp://me@broker"), HasSubstr("credentials file"));
}

// The feeds read theirs by the same parts.
TEST(BrokerAddress, OfAFeedIsReadAsBefore) {
  const auto address =
      feeds::janus::parse_broker_address("amqps://broker/%2Fnoc?exchange=e&routing_key=k%23");
  EXPECT_EQ(address.port, 5671);
  EXPECT_EQ(address.virtual_host, "/noc");
  EXPECT_EQ(address.exchange, "e");
  EXPECT_EQ(address.routing_key, "k#");
  EXPECT_EQ(feeds::janus::parse_broker_address("mqtt://broker").topic, "/janus/events/#");
  for (const char* url :
       {"amqp://broker", "amqp://broker?queue=a&exchange=b", "amqp://u:p@broker?queue=a", "x"}) {
    EXPECT_THROW(feeds::janus::parse_broker_address(url), std::runtime_error) << url;
  }
}

}  // namespace
}  // namespace rtcscope::bus
