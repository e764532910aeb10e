// TLS below the server: versions, deadlines, certificates that change.

#include "api/http/tls.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "api/http/server.hpp"
#include "tests/unit/api/raw_client.hpp"

namespace rtcscope::api::http {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// Writes a certificate of its own making; returns nothing but the files.
void make_pair_of_files(const std::string& certificate, const std::string& key, const char* name) {
  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> made(EVP_EC_gen("P-256"), EVP_PKEY_free);
  std::unique_ptr<X509, void (*)(X509*)> x509(X509_new(), X509_free);
  ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(x509.get()), 3600);
  X509_set_pubkey(x509.get(), made.get());
  X509_NAME* subject = X509_get_subject_name(x509.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name), -1,
                             -1, 0);
  X509_set_issuer_name(x509.get(), subject);
  X509_sign(x509.get(), made.get(), EVP_sha256());
  const auto write = [](const std::string& path, const auto& put) {
    // A new file in the place of the old one, as tools that renew certificates do.
    std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen((path + ".new").c_str(), "w"), std::fclose);
    put(file.get());
    file.reset();
    fs::rename(path + ".new", path);
  };
  write(certificate, [&](FILE* file) { PEM_write_X509(file, x509.get()); });
  write(key,
        [&](FILE* file) { PEM_write_PrivateKey(file, made.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}

class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, int most_version = TLS1_3_VERSION)
      : socket_(Poco::Net::SocketAddress("127.0.0.1", port)) {
    SSL_CTX_set_max_proto_version(context_.get(), most_version);
    SSL_CTX_set_security_level(context_.get(), 0);
    session_.reset(SSL_new(context_.get()));
    SSL_set_fd(session_.get(), socket_.impl()->sockfd());
    connected_ = SSL_connect(session_.get()) == 1;
  }
  bool connected() const { return connected_; }
  std::string name() const {
    std::unique_ptr<X509, void (*)(X509*)> peer(SSL_get1_peer_certificate(session_.get()), X509_free);
    std::array<char, 64> text{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(peer.get()), NID_commonName, text.data(), text.size());
    return text.data();
  }
  std::string exchange(const std::string& octets) {
    SSL_write(session_.get(), octets.data(), static_cast<int>(octets.size()));
    return read();
  }
  std::string read() {
    std::array<char, 65536> chunk;
    const int size = SSL_read(session_.get(), chunk.data(), chunk.size());
    return size > 0 ? std::string(chunk.data(), static_cast<std::size_t>(size)) : "";
  }

 private:
  Poco::Net::StreamSocket socket_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  std::unique_ptr<SSL, void (*)(SSL*)> session_{nullptr, SSL_free};
  bool connected_ = false;
};

class Secure : public Application {
 public:
  std::size_t max_body_bytes(const Request&) const override { return 0; }
  Response respond(const Request& request) override {
    Response response;
    response.media_type = "text/plain";
    response.body = request.secure ? "secure" : "plain";
    if (request.path() == "/large") response.body.assign(1'000'000, 'x');
    return response;
  }
};

class Tls : public testing::Test {
 protected:
  Tls() {
    ::signal(SIGPIPE, SIG_IGN);
    std::string name = (fs::temp_directory_path() / "rtcscope-tls-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    folder = name;
    options.listen = "127.0.0.1:0";
    options.tls_certificate = folder + "/cert.pem";
    options.tls_key = folder + "/key.pem";
    make_pair_of_files(options.tls_certificate, options.tls_key, "first");
  }
  ~Tls() override { fs::remove_all(folder); }
  std::string fault() {
    try {
      Server server(options, application);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }

  std::string folder;
  ServerOptions options;
  Secure application;
};

TEST_F(Tls, AnswersOverEachVersionFrom12) {
  Server server(options, application);
  EXPECT_EQ(server.url(), "https://127.0.0.1:" + std::to_string(server.port()));
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(server.port(), version);
    ASSERT_TRUE(client.connected());
    const std::string answer = client.exchange(get("/"));
    EXPECT_NE(answer.find("\r\n\r\nsecure"), std::string::npos) << answer;
    EXPECT_NE(client.exchange(get("/")).find("200 OK"), std::string::npos);  // the connection goes on
  }
  EXPECT_FALSE(TlsClient(server.port(), TLS1_1_VERSION).connected());
}

TEST_F(Tls, ALargeAnswerComesWhole) {
  Server server(options, application);
  TlsClient client(server.port());
  std::string answer = client.exchange(get("/large"));
  while (answer.size() < 1'000'000) {
    const std::string part = client.read();
    ASSERT_FALSE(part.empty()) << answer.size();
    answer += part;
  }
}

TEST_F(Tls, AHandshakeThatNeverComesEndsAtTheDeadline) {
  options.head_timeout = 200ms;
  options.idle_timeout = 200ms;
  Server server(options, application);
  RawClient silent(server.port());
  EXPECT_TRUE(silent.closed());
  RawClient half(server.port());
  half.send(std::string("\x16\x03\x01\x02\x00\x01", 6));  // the head of a ClientHello
  EXPECT_TRUE(half.closed());
  RawClient plain(server.port());
  EXPECT_EQ(plain.exchange(get("/")).status, 0);
  EXPECT_TRUE(TlsClient(server.port()).connected());
}

TEST_F(Tls, ANewCertificateServesNewConnectionsAndOldOnesGoOn) {
  std::string logged;
  std::mutex mutex;
  options.on_error = [&](const std::string& line) {
    const std::lock_guard lock(mutex);
    logged += line;
  };
  Server server(options, application);
  TlsClient old(server.port());
  EXPECT_EQ(old.name(), "first");
  make_pair_of_files(options.tls_certificate, options.tls_key, "second");
  // Looked at once a second.
  std::string name;
  for (int i = 0; i < 200 && name != "second"; ++i) {
    std::this_thread::sleep_for(50ms);
    name = TlsClient(server.port()).name();
  }
  EXPECT_EQ(name, "second");
  EXPECT_NE(old.exchange(get("/")).find("200 OK"), std::string::npos);
  fs::resize_file(options.tls_certificate, 10);
  for (int i = 0; i < 200; ++i) {
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(TlsClient(server.port()).name(), "second");
    const std::lock_guard lock(mutex);
    if (logged.find("serves on") != std::string::npos) break;
  }
  EXPECT_NE(logged.find("--tls-cert"), std::string::npos) << logged;
}

TEST_F(Tls, SaysWhichFileIsWrong) {
  const std::string good = options.tls_certificate;
  options.tls_certificate = folder + "/nothing.pem";
  EXPECT_NE(fault().find("--tls-cert"), std::string::npos) << fault();
  options.tls_certificate = good;
  make_pair_of_files(folder + "/other.pem", folder + "/other-key.pem", "other");
  options.tls_key = folder + "/other-key.pem";
  EXPECT_NE(fault().find("--tls-key"), std::string::npos) << fault();
  options.tls_key = good;
  EXPECT_NE(fault().find("--tls-key"), std::string::npos) << fault();
}

}  // namespace
}  // namespace rtcscope::api::http
