#include "tests/bench/pcap_capture.hpp"

#include <pcap/pcap.h>

namespace rtcscope::bench {
namespace {

class Handle : public PcapCapture {
 public:
  explicit Handle(pcap_t* handle) : handle_(handle) {}
  ~Handle() override { pcap_close(handle_); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  void dispatch(const std::function<void(const PacketRecord&)>& use) override {
    use_ = &use;
    pcap_dispatch(handle_, -1, &take, reinterpret_cast<u_char*>(this));
  }

 private:
  static void take(u_char* self, const pcap_pkthdr* header, const u_char* bytes) {
    PacketRecord record;
    record.time = utc_from_ns(std::int64_t{header->ts.tv_sec} * 1'000'000'000 + header->ts.tv_usec * 1000);
    record.wire_length = header->len;
    record.bytes = Bytes{reinterpret_cast<const std::byte*>(bytes), header->caplen};
    (*reinterpret_cast<Handle*>(self)->use_)(record);
  }

  pcap_t* handle_;
  const std::function<void(const PacketRecord&)>* use_ = nullptr;
};

}  // namespace

std::unique_ptr<PcapCapture> open_pcap(const char* interface, int snap_length) {
  char error[PCAP_ERRBUF_SIZE] = "";
  pcap_t* handle = pcap_create(interface, error);
  if (handle == nullptr) return nullptr;
  auto owned = std::make_unique<Handle>(handle);
  pcap_set_snaplen(handle, snap_length);
  pcap_set_timeout(handle, 20);
  pcap_set_buffer_size(handle, 64 << 20);
  if (pcap_activate(handle) != 0) return nullptr;
  return owned;
}

}  // namespace rtcscope::bench
