// The server speaks TLS by option; the certificate is made for the test.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <memory>
#include <thread>

#include "http/server.h"
#include "http/wire.h"
#include "support/temp_folder.h"

namespace baton::http {
namespace {

/// A key on P-256 and a certificate for localhost that it signs itself.
void make_certificate(const std::string& certificate, const std::string& key) {
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> pair(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, void (*)(X509*)> made(X509_new(), X509_free);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -3'600);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 3'600);
    X509_set_pubkey(made.get(), pair.get());
    X509_NAME* name = X509_get_subject_name(made.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1,
                               0);
    X509_set_issuer_name(made.get(), name);
    ASSERT_GT(X509_sign(made.get(), pair.get(), EVP_sha256()), 0);
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> out(std::fopen(certificate.c_str(), "w"), std::fclose);
    ASSERT_EQ(PEM_write_X509(out.get(), made.get()), 1);
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> secret(std::fopen(key.c_str(), "w"), std::fclose);
    ASSERT_EQ(PEM_write_PrivateKey(secret.get(), pair.get(), nullptr, nullptr, 0, nullptr, nullptr), 1);
}

class TlsTest : public testing::Test {
   protected:
    support::TempFolder folder;
    ListenOptions options;
    void SetUp() override {
        options.tls = {folder.file("cert.pem"), folder.file("key.pem")};
        make_certificate(options.tls.certificate, options.tls.key);
    }
    auto listen() {
        return Server::listen(
            "127.0.0.1:0",
            [](const Request& request) {
                return Response{200, "text/plain", request.secure ? "by TLS" : "in the open", {}};
            },
            options);
    }
};

/// What the server says to `bytes` over TLS with at most `newest`; "" when no connection comes about.
std::string exchange(std::uint16_t port, std::string_view bytes, int newest = TLS1_3_VERSION) {
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), newest);
    SSL_CTX_set_security_level(context.get(), 0);
    const Wire wire(port);
    const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context.get()), SSL_free);
    SSL_set_fd(ssl.get(), wire.descriptor());
    if (SSL_connect(ssl.get()) != 1) return "";
    SSL_write(ssl.get(), bytes.data(), static_cast<int>(bytes.size()));
    std::string all;
    char room[4096];
    for (int n = 0; (n = SSL_read(ssl.get(), room, sizeof room)) > 0;) all.append(room, static_cast<std::size_t>(n));
    return all;
}

TEST_F(TlsTest, AnswersByTlsAndNotInTheOpen) {
    options.limits.to_first = std::chrono::milliseconds(500);
    auto made = listen();
    ASSERT_TRUE(made) << made.error().detail;
    std::thread thread([&] { (*made)->run(); });
    const std::uint16_t port = (*made)->port();
    const std::string ask = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    for (const int newest : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        const std::string reply = exchange(port, ask, newest);
        EXPECT_NE(reply.find("by TLS"), std::string::npos) << reply;
        EXPECT_NE(reply.find("strict-transport-security: max-age="), std::string::npos) << reply;
    }
    EXPECT_EQ(exchange(port, ask, TLS1_1_VERSION), "");
    EXPECT_NE(exchange(port, "NONSENSE\r\n\r\n").find("HTTP/1.1 400"), std::string::npos);
    Wire plain(port);
    plain.send(ask);
    EXPECT_EQ(plain.receive().find("HTTP/1.1"), std::string::npos);
    Wire silent(port);
    EXPECT_EQ(silent.receive(), "") << "closed: it did not shake hands in time";
    (*made)->stop();
    thread.join();
}

TEST_F(TlsTest, RefusesFilesThatAreNone) {
    const TlsFiles right = options.tls;
    for (const TlsFiles& wrong : {TlsFiles{"/nowhere.pem", right.key}, TlsFiles{right.certificate, "/nowhere.pem"},
                                  TlsFiles{right.key, right.key}, TlsFiles{right.certificate, ""}}) {
        options.tls = wrong;
        const auto made = listen();
        ASSERT_FALSE(made) << wrong.certificate << " " << wrong.key;
        EXPECT_EQ(made.error().code, "bad_certificate");
    }
}

}  // namespace
}  // namespace baton::http
