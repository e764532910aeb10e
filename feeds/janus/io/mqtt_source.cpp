#include <mosquitto.h>

#include <deque>
#include <mutex>
#include <stdexcept>

#include "feeds/janus/io/event_source.hpp"

namespace rtcscope::feeds::janus {
namespace {

constexpr int kKeepAlive_s = 30;
constexpr int kAtLeastOnce = 1;
constexpr std::size_t kMaxMessageBytes = 8 * 1024 * 1024;
// mqttevh tells on a topic of this name whether Janus is there: no event.
constexpr std::string_view kStatusTopic = "/status";

class MqttSource final : public EventSource {
 public:
  MqttSource(const BrokerAddress& address, const BrokerLogin& login) : address_(address) {
    static std::once_flag once;
    std::call_once(once, [] { mosquitto_lib_init(); });
    client_.reset(mosquitto_new(nullptr, true, this));
    if (!client_) throw std::runtime_error("out of memory");
    if (!login.user.empty()) {
      check("setting the login",
            mosquitto_username_pw_set(client_.get(), login.user.c_str(), login.password.c_str()));
    }
    if (address.tls()) {
      const char* file = login.ca_file.empty() ? nullptr : login.ca_file.c_str();
      const char* folder = login.ca_file.empty() ? "/etc/ssl/certs" : nullptr;
      check("reading the certificates",
            mosquitto_tls_set(client_.get(), file, folder, nullptr, nullptr, nullptr));
    }
    // What is wrong with a certificate stands in the library's log only.
    mosquitto_log_callback_set(client_.get(), [](mosquitto*, void* self, int level, const char* text) {
      if (level == MOSQ_LOG_ERR) static_cast<MqttSource*>(self)->complaint_ = text;
    });
    mosquitto_connect_callback_set(client_.get(), [](mosquitto*, void* self, int code) {
      static_cast<MqttSource*>(self)->connected(code);
    });
    mosquitto_message_callback_set(client_.get(),
                                   [](mosquitto*, void* self, const mosquitto_message* message) {
                                     static_cast<MqttSource*>(self)->take(*message);
                                   });
    check("connecting", mosquitto_connect(client_.get(), address.host.c_str(), address.port, kKeepAlive_s));
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{5};
    while (!answered_) {
      if (std::chrono::steady_clock::now() > until) throw std::runtime_error("the broker does not answer");
      check("connecting", mosquitto_loop(client_.get(), 200, 1));
    }
    if (!refusal_.empty()) throw std::runtime_error(refusal_);
  }

  std::optional<std::string> next(std::chrono::milliseconds patience) override {
    if (messages_.empty()) {
      check("receiving", mosquitto_loop(client_.get(), static_cast<int>(patience.count()), 1));
    }
    if (messages_.empty()) return std::nullopt;
    std::string text = std::move(messages_.front());
    messages_.pop_front();
    return text;
  }

 private:
  struct Destroy {
    void operator()(mosquitto* client) const { mosquitto_destroy(client); }
  };

  void connected(int code) {
    answered_ = true;
    if (code != 0) {
      refusal_ = mosquitto_connack_string(code);
      return;
    }
    const int status = mosquitto_subscribe(client_.get(), nullptr, address_.topic.c_str(), kAtLeastOnce);
    if (status != MOSQ_ERR_SUCCESS) refusal_ = mosquitto_strerror(status);
  }

  void take(const mosquitto_message& message) {
    if (std::string_view(message.topic).ends_with(kStatusTopic) || message.payloadlen <= 0) return;
    const auto length = std::min(static_cast<std::size_t>(message.payloadlen), kMaxMessageBytes + 1);
    messages_.emplace_back(static_cast<const char*>(message.payload), length);
  }

  void check(const char* what, int status) const {
    if (status == MOSQ_ERR_SUCCESS) return;
    const std::string why = complaint_.empty() ? "" : " (" + complaint_ + ")";
    throw std::runtime_error(std::string(what) + ": " + mosquitto_strerror(status) + why);
  }

  BrokerAddress address_;
  std::unique_ptr<mosquitto, Destroy> client_;
  std::deque<std::string> messages_;  // of one look at the socket
  bool answered_ = false;
  std::string refusal_;
  std::string complaint_;  // of the library, last
};

}  // namespace

std::unique_ptr<EventSource> connect_mqtt(const BrokerAddress& address, const BrokerLogin& login) {
  return std::make_unique<MqttSource>(address, login);
}

}  // namespace rtcscope::feeds::janus
