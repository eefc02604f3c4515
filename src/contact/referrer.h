// Where a visit came from, as the address of the page before it says: a search engine, a social network, a mailbox, another site.
#pragma once

#include <string>
#include <string_view>

namespace baton::contact {

/// The host of a web address, in small letters: "https://ada@WWW.acme.example:8080/a?b" → "www.acme.example"; also of a bare host.
/// "" where it has none ("/pricing", "about:blank").
std::string host_of(std::string_view address);

struct Referrer {
    std::string source;  ///< "google", "linkedin", else the registrable domain, or the host as it is
    std::string medium;  ///< organic | social | email | referral
    friend bool operator==(const Referrer&, const Referrer&) = default;
};
/// Both "" where the address has no host.
Referrer referrer_of(std::string_view address);

/// Whether both hosts belong to what one registered: "www.acme.example" and "shop.acme.example".
bool same_site(std::string_view host, std::string_view other);
/// Whether the host is the domain or below it.
bool within(std::string_view host, std::string_view domain);

}  // namespace baton::contact
