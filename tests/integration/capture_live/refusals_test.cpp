// open_live_capture() says what is wrong and what to do about it.

#include "tests/integration/capture_live/live_test.hpp"

namespace rtcscope {
namespace {

class LiveRefusal : public LiveTest {
 protected:
  CaptureError refused(const LiveOptions& options) const {
    const auto source = open_capture(options);
    EXPECT_FALSE(source.has_value());
    return source ? CaptureError{} : source.error();
  }
};

TEST_F(LiveRefusal, UnknownInterfaceNamesThoseThatAreThere) {
  connect();
  const CaptureError error = refused({.interfaces = {"eth77"}});
  EXPECT_EQ(error.code, CaptureErrc::kNoSuchInterface);
  EXPECT_NE(error.message.find("eth77"), std::string::npos);
  EXPECT_NE(error.message.find("rtc0"), std::string::npos);
}

TEST_F(LiveRefusal, InterfaceThatIsDown) {
  connect();
  host().ip("link set rtc0 down");
  EXPECT_EQ(refused({.interfaces = {"rtc0"}}).code, CaptureErrc::kInterfaceDown);
}

TEST_F(LiveRefusal, NoInterfaceAtAll) {
  EXPECT_EQ(refused({}).code, CaptureErrc::kNoInterface);
}

TEST_F(LiveRefusal, FilterThatIsNone) {
  connect();
  const CaptureError error = refused({.interfaces = {"rtc0"}, .filter = "udp prot 5"});
  EXPECT_EQ(error.code, CaptureErrc::kBadFilter);
  EXPECT_NE(error.message.find("udp prot 5"), std::string::npos);
}

TEST_F(LiveRefusal, OptionsOutOfTheirBounds) {
  connect();
  EXPECT_EQ(refused({.interfaces = {"rtc0"}, .snap_length = 63}).code, CaptureErrc::kBadOption);
  EXPECT_EQ(refused({.interfaces = {"rtc0"}, .snap_length = 65'536}).code, CaptureErrc::kBadOption);
  EXPECT_EQ(refused({.interfaces = {"rtc0"}, .ring_bytes = 1000}).code, CaptureErrc::kBadOption);
}

TEST_F(LiveRefusal, WithoutCapability) {
  connect();
  constexpr uid_t kNobody = 65534;
  const CaptureError error = host().within([&] {
    EXPECT_EQ(seteuid(kNobody), 0);
    const auto source = open_live_capture({.interfaces = {"rtc0"}});
    EXPECT_EQ(seteuid(0), 0);
    return source ? CaptureError{} : source.error();
  });
  EXPECT_EQ(error.code, CaptureErrc::kNoCapability);
  EXPECT_NE(error.message.find("CAP_NET_RAW"), std::string::npos);
}

}  // namespace
}  // namespace rtcscope
