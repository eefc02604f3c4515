// E-mail addresses and web domains: one spelling, whose they are, and which say nothing about an organisation.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace baton::contact {

/// Trimmed and lower-cased (ASCII; a mailbox name beyond ASCII keeps its letters); "mailto:", "Ada <ada@acme.example>" and a
/// dot after the domain are taken off. What stands before the @ is otherwise the provider's own affair: dots and +tags
/// stay. Nothing without exactly one @ with something on both sides, or with a blank inside.
std::optional<std::string> normal_email(std::string_view given);

/// "ada" and "acme.example"; of a normalised address.
std::string_view mailbox_of(std::string_view email);
std::string_view domain_of(std::string_view email);

/// What stands where the host does: "https://ada@www.acme.example:8080/x?y" → "www.acme.example", as it is written.
std::string_view host_in(std::string_view address);

/// The part of a host name somebody registered: "www.shop.acme.co.uk" → "acme.co.uk", by the Public Suffix List that libpsl
/// brings. "" for a public suffix itself, an address in digits, or what is no host name.
std::string registrable_domain(std::string_view host);

/// Says nothing about where somebody works: anybody gets an address there (gmail.com), or one that lasts ten minutes.
bool is_free_mail(std::string_view domain);
/// Not one person's: info@, sales@ … (RFC 2142 and what firms print on their letters).
bool is_role_address(std::string_view email);
/// Where this person works, as the address says it: its registrable domain, unless it is a free-mail one; "" then.
std::string business_domain(std::string_view email);

/// The key of an organisation. What is a web address or host name: its registrable domain. Else the name: trimmed, lower-cased,
/// blanks single.
std::string normal_account(std::string_view given);

}  // namespace baton::contact
