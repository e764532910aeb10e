// TLS towards a collector: whose certificate is believed, and that all octets arrive.

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>

#include "base/free_with.hpp"
#include "collector.hpp"
#include "export/hep/hep_sender.hpp"

namespace rtcscope::export_hep {
namespace {

using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreeWith<X509_free>>;
using ServerContext = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using ServerSession = std::unique_ptr<SSL, FreeWith<SSL_free>>;

struct Identity {
  Key key;
  Certificate certificate;
};

/// Its own authority; `alternative` is its subjectAltName.
Identity self_signed(const char* alternative) {
  Identity out{Key(EVP_EC_gen("P-256")), Certificate(X509_new())};
  X509* certificate = out.certificate.get();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("collector"),
                             -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_set_pubkey(certificate, out.key.get());
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternative);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  EXPECT_GT(X509_sign(certificate, out.key.get(), EVP_sha256()), 0);
  return out;
}

class HepTlsTest : public ::testing::Test {
 protected:
  HepTlsTest()
      : ca_file_(std::filesystem::temp_directory_path() / ("rtcscope-hep-ca-" + std::to_string(getpid()))),
        collector_(HepTransport::kTls) {
    collector_.listen();
  }
  ~HepTlsTest() override { std::filesystem::remove(ca_file_); }

  void trust(const Identity& identity) {
    std::FILE* file = std::fopen(ca_file_.c_str(), "w");
    ASSERT_NE(file, nullptr);
    PEM_write_X509(file, identity.certificate.get());
    std::fclose(file);
  }

  void serve_as(const Identity& identity) {
    context_ = ServerContext(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(context_.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), identity.key.get());
  }

  static SenderLimits quick() {
    SenderLimits limits;
    limits.first_wait = std::chrono::milliseconds{10};
    limits.longest_wait = std::chrono::milliseconds{40};
    return limits;
  }

  /// The session of a connection whose handshake succeeds; null if it does not.
  ServerSession shake_hands(const Descriptor& connection) {
    ServerSession session(SSL_new(context_.get()));
    SSL_set_fd(session.get(), connection.get());
    if (SSL_accept(session.get()) == 1) return session;
    ERR_clear_error();
    return nullptr;
  }

  static std::string take(SSL* session, std::size_t octets) {
    std::string text;
    while (text.size() < octets) {
      char part[4096];
      std::size_t got = 0;
      if (SSL_read_ex(session, part, std::min(sizeof part, octets - text.size()), &got) != 1) break;
      text.append(part, got);
    }
    return text;
  }

  /// What the sender says after the handshake with this identity failed.
  std::string refusal(const Identity& identity) {
    serve_as(identity);
    const TlsContext context(ca_file_.string());
    HepSender sender(collector_.target(), quick(), &context);
    const Descriptor connection = collector_.accept();
    EXPECT_EQ(shake_hands(connection), nullptr);
    EXPECT_TRUE(eventually([&] { return sender.stats().failures > 0; }));
    return sender.stats().last_error;
  }

  std::filesystem::path ca_file_;
  Collector collector_;
  ServerContext context_;
};

TEST_F(HepTlsTest, ABelievedCollectorGetsEveryOctet) {
  const Identity identity = self_signed("IP:127.0.0.1");
  trust(identity);
  serve_as(identity);
  const TlsContext context(ca_file_.string());
  SenderLimits limits = quick();
  limits.stop_within = std::chrono::seconds{60};  // what a busy machine may need
  auto sender = std::make_unique<HepSender>(collector_.target(), limits, &context);
  std::string all;
  for (int i = 0; i < 40; ++i) {
    const std::string message(30'000, static_cast<char>('a' + i % 26));
    sender->send(std::as_bytes(std::span(message.data(), message.size())));
    all += message;
  }
  const Descriptor connection = collector_.accept();
  const ServerSession session = shake_hands(connection);
  ASSERT_NE(session, nullptr);
  sender->request_stop();
  EXPECT_EQ(take(session.get(), all.size() + 1), all);  // and then close_notify
  EXPECT_EQ(SSL_get_shutdown(session.get()) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
  sender->stop();
  EXPECT_EQ(sender->stats().sent, 40U);
}

TEST_F(HepTlsTest, AStrangerIsRefusedWithTheReason) {
  trust(self_signed("IP:127.0.0.1"));
  const std::string error = refusal(self_signed("IP:127.0.0.1"));
  EXPECT_EQ(error.rfind("TLS: the collector's certificate: self-signed certificate", 0), 0U) << error;
}

TEST_F(HepTlsTest, ACertificateForAnotherHostIsRefused) {
  const Identity other = self_signed("IP:192.0.2.1,DNS:collector.example");
  trust(other);
  EXPECT_EQ(refusal(other), "TLS: the collector's certificate: IP address mismatch");
}

TEST_F(HepTlsTest, ACollectorThatGoesAwayIsConnectedAnew) {
  const Identity identity = self_signed("IP:127.0.0.1");
  trust(identity);
  serve_as(identity);
  const TlsContext context(ca_file_.string());
  HepSender sender(collector_.target(), quick(), &context);
  {
    const Descriptor connection = collector_.accept();
    const ServerSession session = shake_hands(connection);
    ASSERT_NE(session, nullptr);
  }
  const Descriptor again = collector_.accept();
  const ServerSession session = shake_hands(again);
  ASSERT_NE(session, nullptr);
  ASSERT_TRUE(eventually([&] { return sender.stats().reconnects == 1; }));
  const std::string message = "after";
  sender.send(std::as_bytes(std::span(message.data(), message.size())));
  EXPECT_EQ(take(session.get(), message.size()), message);
}

TEST_F(HepTlsTest, AFileWithoutCertificatesIsNamed) {
  std::FILE* file = std::fopen(ca_file_.c_str(), "w");
  std::fputs("nothing", file);
  std::fclose(file);
  try {
    const TlsContext context(ca_file_.string());
    FAIL() << "there is no certificate in it";
  } catch (const std::invalid_argument& fault) {
    EXPECT_NE(std::string(fault.what()).find("--hep-ca " + ca_file_.string()), std::string::npos);
  }
}

}  // namespace
}  // namespace rtcscope::export_hep
